"""How long all rules take over many pools: `python tests/bench/policy.py [POOLS]`. The goal is 3 s for 1,000 pools."""

import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "unit" / "policy"))

from policyworld import many_rules, world

from batchplan.config.project import without_garbage_collection
from batchplan.policy.judge import judged
from batchplan.policy.model import Phase
from batchplan.policy.sets import built_in_sets, chosen

RULES = many_rules(200)
SETTINGS = chosen("recommended", built_in_sets(), RULES)


def seconds(pools: int) -> tuple[float, float]:
    """Return the wall time and the processor time of a check, as the commands make it."""
    context = world(pools)
    wall, processor = time.perf_counter(), time.process_time()
    with without_garbage_collection():
        judged(context, RULES, SETTINGS, [Phase.STATIC, Phase.LIVE, Phase.PLAN])
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for pools in (most // 4, most // 2, most):
        wall, processor = seconds(pools)
        print(f"{pools} pools, {len(RULES)} rules: {wall:.2f} s, {processor:.2f} s of the processor")
