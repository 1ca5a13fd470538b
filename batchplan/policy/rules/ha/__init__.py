"""Regions, zones and backups (BP30xx)."""
