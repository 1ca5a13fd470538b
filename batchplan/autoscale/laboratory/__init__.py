"""Tries a formula on a load: workloads, the simulation of a pool, its report, charts, and the search for parameters."""

from batchplan.autoscale.laboratory.optimise import Best, Goal, Knob, goal, knob, optimise
from batchplan.autoscale.laboratory.outcome import Outcome, Point
from batchplan.autoscale.laboratory.simulate import Settings, simulate
from batchplan.autoscale.laboratory.workload import GENERATORS, Task, Workload, generate, read_csv

__all__ = [
    "GENERATORS",
    "Best",
    "Goal",
    "Knob",
    "Outcome",
    "Point",
    "Settings",
    "Task",
    "Workload",
    "generate",
    "goal",
    "knob",
    "optimise",
    "read_csv",
    "simulate",
]
