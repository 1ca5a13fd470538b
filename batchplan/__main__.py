"""Run as `python -m batchplan`."""

from batchplan.cli.main import entry

entry()
