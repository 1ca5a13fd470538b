"""How long a command takes to start: `python tests/bench/startup.py [runs]`.

The best of several runs, each a process of its own; beside it, a Python that does nothing.
"""

import subprocess
import sys
import time
from pathlib import Path

LIMIT = 0.3
"""Seconds that `version` and `--help` may take."""

PROGRAM = str(Path(sys.executable).with_name("batchplan"))
COMMANDS = {
    "python": [sys.executable, "-c", "pass"],
    "version": [PROGRAM, "version"],
    "--help": [PROGRAM, "--help"],
    "validate --help": [PROGRAM, "validate", "--help"],
    "explain E0201": [PROGRAM, "explain", "E0201"],
}


def best(command: list[str], runs: int) -> float:
    """Return the time of the quickest run in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Print the figures; return 1 when a limit is passed."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    slow = False
    for name, command in COMMANDS.items():
        taken = best(command, runs)
        late = name in ("version", "--help") and taken > LIMIT
        slow |= late
        print(f"{name:16} {taken:6.3f} s{'  more than ' + str(LIMIT) if late else ''}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
