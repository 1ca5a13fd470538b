"""Autoscale formulas (BP12xx)."""
