"""How many tasks a node runs at once."""

from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.capacity import cores_per_node
from batchplan.policy.hints import amount
from batchplan.policy.home import offered
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, variants

CORES = Param("cores", "task_cores", "The tag that says how many cores a task keeps busy.")
MEMORY = Param("memory", "task_memory_gib", "The tag that says how much memory a task needs, in GiB.")


@rule(
    "BP1019",
    "Too many task slots for the size",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["vm_sizes"],
)
def too_many_slots(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool has more task slots on a node than its size allows.

    Why: The service refuses more than four slots for each core, and more than 256.

    Instead: Lower `task_slots_per_node`, or take a larger size.

    Source: "Run tasks concurrently to maximize usage of Batch compute nodes"; "Batch service quotas and limits". Sizes
    whose cores are known without Azure are seen to by validation; this rule asks the region's list about the others.
    """
    unknown = [
        view
        for view in variants(pool, "vm_size", "task_slots_per_node")
        if view.has("task_slots_per_node") and cores_per_node(view) is None
    ]
    if not unknown:
        raise Inapplicable("it has one slot, or validation knows its size")
    for view in unknown:
        size, count = offered(view, see), view.number("task_slots_per_node")
        if size is None or not size.cores:
            continue  # BP1014 says that it is not offered
        most = min(facts.limit("task_slots_per_core") * size.cores, facts.limit("task_slots_per_node"))
        if count > most:
            path = view.path("task_slots_per_node")
            yield Finding(
                f"{called(pool, view)} has {count} task slots on each node; {size.name} has {size.cores} cores, which "
                f"allow {most}.",
                path,
                expected=most,
                actual=count,
                remediation=f"Set task_slots_per_node = {most} or fewer.",
                edit=Edit(path, most),
            )


@rule(
    "BP1020",
    "Tasks of a node need more than it has",
    kinds=["pool"],
    level=Level.ADVISORY,
    inputs=["vm_sizes"],
    params=[CORES, MEMORY],
)
def slots_beyond_the_node(pool: Subject, see: Scope) -> Iterator[Finding]:
    """As many tasks as a node has slots need more cores or memory than it has.

    Why: Tasks that share too few cores slow each other down; when memory runs out, the system ends one of them, or
    the node becomes unusable.

    Instead: Give the pool fewer slots, or a task more of them with `required_slots`.

    Source: "Azure Batch best practices", Tasks: task slots. What a task needs is said in the tags `task_cores` and
    `task_memory_gib`; without them nothing is looked at.

    Exceptions: tasks that mostly wait.
    """
    hinted = [
        (view, cores, memory)
        for view in variants(pool, "vm_size", "task_slots_per_node", "tags", "metadata")
        for cores, memory in [(amount(view, see.param(CORES)), amount(view, see.param(MEMORY)))]
        if cores is not None or memory is not None
    ]
    if not hinted:
        raise Inapplicable("no tag says what a task needs")
    for view, cores, memory in hinted:
        slots = view.number("task_slots_per_node")
        if cores is not None:
            there = cores_per_node(view)
            yield from _short(pool, view, slots, (cores, there if there is not None else _cores(view, see), "cores"))
        if memory is not None:
            yield from _short(pool, view, slots, (memory, _memory(view, see), "GiB of memory"))


def _short(pool: Subject, view: View, slots: int, need: tuple[float, float, str]) -> Iterator[Finding]:
    each, there, what = need
    if there and slots * each > there:
        most = max(int(there // each), 1)
        yield Finding(
            f"{slots} tasks on a node of {called(pool, view)} need {slots * each:g} {what}; "
            f"{view.text('vm_size')} has {there:g}.",
            view.path("task_slots_per_node"),
            expected=most,
            actual=slots,
            remediation=f"Set task_slots_per_node = {most}, or give the tasks more required_slots.",
        )


def _cores(view: View, see: Scope) -> int:
    size = offered(view, see)
    return size.cores if size is not None else 0


def _memory(view: View, see: Scope) -> float:
    size = offered(view, see)
    return float(size.capabilities.get("MemoryGB") or 0) if size is not None else 0
