"""Accounts, keys, identities and encryption (BP20xx)."""
