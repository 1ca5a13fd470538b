"""Start tasks, disks and what runs on a node (BP13xx)."""
