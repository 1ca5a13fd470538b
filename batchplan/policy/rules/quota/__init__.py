"""Quotas and limits (BP40xx)."""
