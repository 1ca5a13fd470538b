"""Tries a formula on a load: workloads, the simulation of a pool, its report, charts, and the search for parameters."""

from batchplan.autoscale.laboratory.optimise import Best, Goal, Knob, goal, knob, optimise
from batchplan.autoscale.laboratory.outcome import Outcome, Point, Step
from batchplan.autoscale.laboratory.settings import Settings, Timing
from batchplan.autoscale.laboratory.simulate import simulate
from batchplan.autoscale.laboratory.workload import GENERATORS, Task, Workload, generate, read_csv

__all__ = [
    "GENERATORS",
    "Best",
    "Goal",
    "Knob",
    "Outcome",
    "Point",
    "Settings",
    "Step",
    "Task",
    "Timing",
    "Workload",
    "generate",
    "goal",
    "knob",
    "optimise",
    "read_csv",
    "simulate",
]
