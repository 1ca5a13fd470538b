"""Suppressions, overrides, policy sets and live data themselves (BP00xx)."""
