"""Use cases: one function for what a command does. They return values; nobody prints here."""
