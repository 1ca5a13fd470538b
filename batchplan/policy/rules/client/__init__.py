"""How the service is talked to (BP90xx)."""
