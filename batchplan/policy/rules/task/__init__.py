"""Tasks of jobs (BP51xx)."""
