"""How much faster than real time the world runs: many tasks on many nodes, printed as a ratio.

python tests/bench/emulator_world.py [tasks] [nodes] [slots]
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "emulator" / "world"))

from worlds import lab


def main(tasks: int = 10_000, nodes: int = 200, slots: int = 4) -> None:
    """Run the tasks to their end, 5 virtual seconds at a time, and print what it took."""
    here = lab(dedicatedCoreQuota=None)
    pool = here.pool(dedicated=nodes, taskSlotsPerNode=slots)
    while here.states(pool) != ["idle"] * nodes:
        here.pass_time(10)
    job = here.job()
    began, spent, virtual = time.perf_counter(), time.process_time(), here.world.now
    for number in range(tasks):
        here.task(job, f"t{number}", f"sleep {30 + number % 61}")
    submitted = time.perf_counter()
    counts = here.world.index.counts["acct", "j"]
    while counts.succeeded < tasks:
        here.pass_time(5)
    ended = time.perf_counter()
    spent = time.process_time() - spent
    lived = (here.world.now - virtual) / 1e7
    print(f"{tasks} tasks on {nodes} nodes of {slots} slots: {lived:.0f} virtual s in {ended - began:.2f} s")
    print(f"adding: {tasks / (submitted - began):.0f} tasks/s; simulated/real: {lived / (ended - began):.0f} x")
    print(f"of this process's own time, however busy the machine is: {lived / spent:.0f} x")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
