"""Backups and whether they could take over, as a table, and as data for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from batchplan.plan.parity import Check, Parity, Verdict
from batchplan.plan.regions import RegionalPool, region_word
from batchplan.state.model import ActiveRegion

Segment = tuple[str, str]

SIGNS = {
    Verdict.GOOD: ("✔", "create"),
    Verdict.WEAK: ("!", "update"),
    Verdict.UNKNOWN: ("?", "update"),
    Verdict.BAD: ("✖", "delete"),
}


def segments(
    found: Sequence[Parity], groups: Sequence[RegionalPool], active: dict[str, ActiveRegion]
) -> Iterator[Segment]:
    """Yield the table of the backups with its styles: which region is active, and what keeps another from taking over."""
    if not groups:
        return
    yield "", "\nBackups:\n"
    width = max(len(str(group.pool)) for group in groups)
    for group in groups:
        record = active.get(str(group.pool))
        for line in _active(record, width, str(group.pool)):
            yield "update", line
        for one in (each for each in found if each.pool == group.pool):
            sign, style = SIGNS[one.verdict]
            where = f"{region_word(one.key)}{f' ({one.location})' if one.location else ''}"
            yield "", f"  {group.pool!s:<{width}}  {where:<28} "
            yield style, f"{sign} "
            yield "", f"{_words(one)}\n"
            for check in one.checks:
                if check.verdict is not Verdict.GOOD:
                    yield SIGNS[check.verdict][1], f"  {'':<{width}}    {SIGNS[check.verdict][0]} {check.name}: "
                    yield "", f"{check.detail}\n"


def _active(record: ActiveRegion | None, width: int, pool: str) -> Iterator[str]:
    if record is None or (not record.key and not record.owed):
        return
    where = region_word(record.key)
    yield f"  {pool:<{width}}  active in {where} since {record.since:%Y-%m-%d %H:%M} UTC: {record.why}\n"
    for account in record.owed:
        name = account.rpartition("/")[2]
        yield f"  {'':<{width}}    owed: disable the schedules and resize to 0 in {name}, when it answers\n"


def _words(one: Parity) -> str:
    size = f"{one.nodes} of {one.full} nodes" if one.full else f"{one.nodes} nodes"
    good = [check.detail for check in one.checks if check.verdict is Verdict.GOOD and check.name == "schedules"]
    return " · ".join([{Verdict.GOOD: "ready", Verdict.WEAK: "ready"}.get(one.verdict, "not ready"), size, *good])


def as_json(found: Sequence[Parity]) -> list[dict[str, Any]]:
    """Return the parity of backups as JSON data."""
    return [
        {
            "pool": str(one.pool),
            "key": one.key,
            "location": one.location,
            "verdict": str(one.verdict),
            "nodes": one.nodes,
            "full": one.full,
            "checks": [_check(check) for check in one.checks],
        }
        for one in found
    ]


def _check(check: Check) -> dict[str, str]:
    return {"name": check.name, "verdict": str(check.verdict), "detail": check.detail}
