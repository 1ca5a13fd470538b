"""Images, their agents and their end of life (BP11xx)."""
