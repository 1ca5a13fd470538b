"""What people and other programs see: diagnostics, values, graphs as text, JSON and colour.

Belongs here: turning values into text. Does not: deciding anything, reading files, printing.
"""
