"""Doing what a plan says: the executor, its journal, waits and gates, and what it reports while it runs."""
