"""How long things take, in virtual seconds. Source of the recorded ones: research of recorded traffic, 2019-2025.

A pair is a range from which the world's seeded randomness draws.
"""

import math

from batchplan.emulator.world.core import World

EMPTY_RESIZE = (0.3, 1.6)  # recorded: a resize that changes nothing
ALLOCATION_LINUX = 52.2  # recorded for one Ubuntu node
ALLOCATION_WINDOWS = 57.0  # recorded for one Windows node
ALLOCATION_PER_DOUBLING = 3.0
REMOVAL = (8.0, 20.0)
STOPPING = (3.5, 5.1)  # recorded
POOL_DELETE_EMPTY = (15.0, 20.0)
POOL_DELETE = (25.0, 60.0)
STUCK_RECHECK = 60.0

CREATING = (10.0, 11.0)  # recorded: creating -> starting
STARTING_LINUX = (6.0, 37.0)  # recorded: idle 16-48 s after the allocation
STARTING_WINDOWS = (60.0, 70.0)
REBOOTING = (30.0, 60.0)
REIMAGING = (90.0, 180.0)
DEALLOCATING = (30.0, 60.0)
SPOT_RETURN = (120.0, 600.0)  # a preempted node is tried again
RECOVERY = (300.0, 900.0)  # an unusable node is tried again by the service
CONTACT_LOST = (60.0, 180.0)

TASK_PICKUP = 0.6  # recorded: a task starts 0.6 s after its creation on an idle node
PROCESS = (0.5, 3.0)
RETRY_PAUSE = 1.0
JOB_DISABLE = 0.009  # recorded
JOB_ENABLE = 0.05
EMPTY_JOB = 3.0  # recorded: a job made to end with its tasks is still active in the next answers
JOB_TERMINATE = 0.56  # recorded
JOB_DELETE = (2.0, 10.0)
SCHEDULE_TERMINATE = 0.095  # recorded
SCHEDULE_DELETE = (1.0, 3.0)


def draw(world: World, between: tuple[float, float], *parts: object) -> float:
    """Return a duration from a range, decided by the seed and the parts."""
    return world.random(*parts).uniform(*between)


def allocation(world: World, nodes: int, *, windows: bool, parts: tuple[object, ...]) -> float:
    """Return how long it takes to get so many nodes."""
    base = ALLOCATION_WINDOWS if windows else ALLOCATION_LINUX
    return base + ALLOCATION_PER_DOUBLING * math.log2(max(nodes, 1)) + world.random(*parts).uniform(-0.3, 0.3)
