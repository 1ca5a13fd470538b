"""Jobs and schedules (BP50xx)."""
