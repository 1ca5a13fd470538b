"""What every layer speaks of: places in source text, diagnostics, addresses.

Belongs here: small frozen values without behaviour of their own. Does not: anything that reads files,
knows the language, or knows Azure.
"""
