"""What is paid for (BP60xx)."""
