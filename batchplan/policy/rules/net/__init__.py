"""Subnets, addresses and endpoints (BP21xx)."""
