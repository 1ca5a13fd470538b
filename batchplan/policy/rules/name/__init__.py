"""Names and ids (BP70xx)."""
