"""What checking costs grows with pools times rules, and not faster. Seconds are measured in `bench/policy.py`."""

import sys
from collections.abc import Callable

from policyworld import world

from batchplan.policy.judge import judged
from batchplan.policy.model import Phase
from batchplan.policy.registry import built_in
from batchplan.policy.sets import built_in_sets, chosen

RULES = built_in()
SETTINGS = chosen("recommended", built_in_sets(), RULES)


def calls(work: Callable[[], object]) -> int:
    """Return how many functions a piece of work calls, of Python and of C: the same on every machine."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def cost(pools: int) -> int:
    """Return what it costs to ask all rules about so many pools."""
    context = world(pools)
    return calls(lambda: judged(context, RULES, SETTINGS, [Phase.STATIC, Phase.LIVE, Phase.PLAN]))


def test_cost_grows_with_pools() -> None:
    """Twice the pools cost twice the work, a little less even; what is cached is so from the first pools on."""
    cost(10)
    few, some, many = cost(50), cost(100), cost(200)
    assert some - few < 1.02 * few
    assert many - some < 1.02 * 2 * (some - few)


def test_a_rule_asks_little_of_an_object() -> None:
    """Asking one rule about one object takes some forty calls in the mean: rules share what they work out."""
    pools = 100
    verdicts = len(judged(world(pools), RULES, SETTINGS, [Phase.STATIC, Phase.LIVE, Phase.PLAN]).verdicts)
    assert cost(pools) / verdicts < 45
