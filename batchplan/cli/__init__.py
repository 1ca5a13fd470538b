"""The command line: flags in, a use case called, its result shown. Nothing is decided here."""
