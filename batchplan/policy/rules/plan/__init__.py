"""What a plan does, and in which order (BP80xx)."""
