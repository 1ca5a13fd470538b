"""What a pool is made of (BP10xx)."""
