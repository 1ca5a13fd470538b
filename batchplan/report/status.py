"""How everything stands, as a table, and as data for programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from batchplan.plan.parity import Parity, Verdict
from batchplan.plan.regions import region_word
from batchplan.plan.standing import Standing
from batchplan.report.parity import SIGNS
from batchplan.report.parity import as_json as parity_json

Segment = tuple[str, str]
HEADS = ("pool", "active in", "nodes", "work", "backup", "")


def segments(found: Sequence[Standing]) -> Iterator[Segment]:
    """Yield the table with its styles, a line a pool."""
    if not found:
        yield "", "No pools are declared.\n"
        return
    rows = [_row(one) for one in found]
    widths = [max(len(head), *(len(row[at]) for row in rows)) for at, head in enumerate(HEADS)]
    yield "dim", "   ".join(f"{head:<{width}}" for head, width in zip(HEADS, widths, strict=True)).rstrip() + "\n"
    for one, row in zip(found, rows, strict=True):
        last = max(at for at, text in enumerate(row) if text)
        for at, (text, width) in enumerate(zip(row[: last + 1], widths, strict=False)):
            yield _style(one, at), f"{text}\n" if at == last else f"{text:<{width}}   "
    yield from _needs(found)


def _row(one: Standing) -> tuple[str, ...]:
    nodes = f"{one.nodes}/{one.target}" if one.nodes is not None else "?" if not one.answers else "not made"
    return (str(one.pool).removeprefix("pool."), _where(one), nodes, _work(one), _backups(one), _rest(one))


def _where(one: Standing) -> str:
    return one.active_in + ("" if one.answers else " ✖ down")


def _work(one: Standing) -> str:
    if one.running is None or one.waiting is None:
        return "?" if not one.answers else ""
    if one.running or one.waiting:
        return f"{one.running:,} run {one.waiting:,} wait"
    return f"next {_moment(one.next_run)}" if one.next_run is not None else "none"


def _moment(at: datetime) -> str:
    return f"{at:%m-%d %H:%M} UTC"


def _backups(one: Standing) -> str:
    return ", ".join(map(_backup, one.backups)) or "none"


def _backup(one: Parity) -> str:
    where = one.location or region_word(one.key)
    if any(check.name == "region" for check in one.checks):
        return f"{where} ✖ down"
    sign, _ = SIGNS[one.verdict]
    words = {
        Verdict.GOOD: "ready",
        Verdict.WEAK: "ready, in part",
        Verdict.UNKNOWN: "not all known",
        Verdict.BAD: "not ready",
    }
    bad = [check.name for check in one.checks if check.verdict is not Verdict.GOOD]
    told = ", ".join([f"{one.nodes} nodes", *(bad or ["parity ok"])])
    return f"{where} {sign} {words[one.verdict]} ({told})"


def _rest(one: Standing) -> str:
    parts = []
    if one.owed:
        count = len(one.owed)
        parts.append(f"owed: clean-up in {count} account{'' if count == 1 else 's'}")
    if one.rollout:
        parts.append("rollout under way")
    if one.retired:
        parts.append(f"{len(one.retired)} retired")
    if one.warm_until is not None:
        parts.append(f"prewarmed until {_moment(one.warm_until)}")
    if one.key and one.since is not None:
        parts.append(f"since {_moment(one.since)}: {one.why}")
    return " · ".join(parts)


def _style(one: Standing, at: int) -> str:
    if at == 1 and (one.elsewhere or not one.answers):
        return "delete"
    if at == 4 and any(each.verdict is Verdict.BAD for each in one.backups):
        return "delete"
    return "update" if at == 5 else ""


def _needs(found: Sequence[Standing]) -> Iterator[Segment]:
    """Say what to do next, where something is to be done."""
    for one in found:
        if one.elsewhere:
            names = ", ".join(map(str, one.elsewhere))
            told = f"\nTWO REGIONS ARE AT WORK for {one.pool}: {names} makes jobs, too. Now: {_stop(one)}\n"
            yield "delete", told
        if not one.answers and one.backups:
            to = one.backups[0].key
            back = f"batchplan failback {one.pool}" if not to else f"batchplan failover {one.pool} --to {to}"
            yield "bold", f"\n{one.active_in} does not answer. To move {one.pool}: {back} -from-unreachable\n"
        elif one.owed and not one.elsewhere:
            yield "bold", f"\n{one.pool}: when the other region answers, batchplan failover -settle cleans up there\n"


def _stop(one: Standing) -> str:
    """Return the command that leaves one region at work: the clean-up that is owed, or the same failover again."""
    if one.owed:
        return "batchplan failover -settle"
    return f"batchplan failover {one.pool} --to {one.key}" if one.key else f"batchplan failback {one.pool}"


def as_json(found: Sequence[Standing]) -> dict[str, Any]:
    """Return how everything stands as JSON data."""
    return {"format_version": "1.0", "pools": [_json(one) for one in found]}


def _json(one: Standing) -> dict[str, Any]:
    return {
        "address": str(one.pool),
        "active_in": one.active_in,
        "key": one.key,
        "answers": one.answers,
        "nodes": one.nodes,
        "target": one.target,
        "running": one.running,
        "waiting": one.waiting,
        "schedules": [
            {
                "address": str(each.address),
                "state": each.state,
                "next_run": each.next_run.isoformat() if each.next_run else None,
            }
            for each in one.schedules
        ],
        "backups": parity_json(one.backups),
        "since": one.since.isoformat() if one.since else None,
        "why": one.why,
        "elsewhere": [str(each) for each in one.elsewhere],
        "owed": list(one.owed),
        "retired": list(one.retired),
        "rollout": one.rollout,
        "drilled": one.drilled.isoformat() if one.drilled else None,
        "warm_until": one.warm_until.isoformat() if one.warm_until else None,
    }
