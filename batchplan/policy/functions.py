"""The functions that policy blocks have beside those of the language: what a pool can come to, and who uses it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC
from typing import Any

from batchplan.config.reading import plain
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter
from batchplan.lang.types import DYNAMIC, STRING
from batchplan.lang.values import Unknown, Value
from batchplan.policy import capacity, facts
from batchplan.policy.context import Context
from batchplan.policy.live import moment
from batchplan.policy.model import NotKnownYet, NotLooked
from batchplan.policy.subject import Subject, View
from batchplan.policy.values import value_of

_POOL = Parameter("pool", DYNAMIC)


def functions(context: Context) -> dict[str, Function]:
    """Return the functions by name; their answers are of one context."""
    made = (
        _function("bounds", _POOL, _bounds, "How many nodes a pool can have: min, max and, of each sort, the same."),
        _function("cores", _POOL, _cores, "How many vCPUs a pool can have at most; null where nothing limits it."),
        _function("quota", Parameter("account", DYNAMIC), lambda one: _quota(context, one), "An account's quotas."),
        _function("image_eol", _POOL, lambda one: _image_end(context, one), "The day a pool's image ends, or null."),
        _function(
            "references", _POOL, lambda one: _references(context, one), "The addresses of jobs and schedules on a pool."
        ),
        _function(
            "region_twins", _POOL, lambda one: _twins(context, one), "The regions in which a pool has a backup or twin."
        ),
        _function(
            "days_until",
            Parameter("day", STRING),
            lambda text: _days(context, text),
            "How many days there are to a day or moment; negative when it is over.",
        ),
    )
    return {one.name: one for one in made}


def _function(name: str, parameter: Parameter, answer: Callable[[Any], Any], text: str) -> Function:
    def implementation(argument: Value) -> Value:
        try:
            return value_of(answer(plain(argument)))
        except (NotKnownYet, NotLooked):
            return Unknown(DYNAMIC)

    return Function(name, (parameter,), DYNAMIC, implementation, description=text, may_be_null=True)


def _view(given: Any) -> View:
    """Return the pool that was handed over: a document, a resource, or a change with its `after`."""
    if isinstance(given, dict) and isinstance(given.get("after"), dict):
        given = given["after"]
    if not isinstance(given, dict) or "vm_size" not in given:
        raise ArgumentError(0, "it must be a pool, such as each.after")
    return View("pool", {name: part for name, part in given.items() if part is not None})


def _bounds(given: Any) -> Any:
    found = capacity.nodes(_view(given))
    total = found.total
    return {
        "min_nodes": total.low,
        "max_nodes": total.high,
        "dedicated": {"min": found.dedicated.low, "max": found.dedicated.high},
        "spot": {"min": found.spot.low, "max": found.spot.high},
    }


def _cores(given: Any) -> int | None:
    view = _view(given)
    per_node, most = capacity.cores_per_node(view), capacity.nodes(view).total.high
    if per_node is None:
        raise FunctionError(f"the size {view.text('vm_size')} is not known here")
    return None if most is None else most * per_node


def _quota(context: Context, given: Any) -> Any:
    account_id = given if isinstance(given, str) else (given or {}).get("id") or (given or {}).get("account_id")
    if account_id is None and isinstance(given, dict) and "address" in given:
        subject = context.by_address(given["address"])
        account_id = subject.remote.account_id if subject is not None and subject.remote is not None else None
    if not isinstance(account_id, str):
        raise ArgumentError(0, "it must be an account, or the id of one")
    return asdict(context.live.quotas(account_id))


def _image_end(context: Context, given: Any) -> str | None:
    view = _view(given)
    image = view.block("image_reference")
    if image is None or not image.has("publisher"):
        return None
    names = (image.text("publisher"), image.text("offer"), image.text("sku"))
    try:
        listed = context.live.supported_images(view.text("account_id"))
    except NotLooked:
        listed = ()
    for one in listed:
        if one.matches(*names) and one.end_of_life is not None:
            return one.end_of_life.astimezone(UTC).date().isoformat()
    known = facts.image_end(*names)
    return known.isoformat() if known is not None else None


def _references(context: Context, given: Any) -> list[str]:
    return [str(one.address) for one in context.jobs_of(_subject(context, given))]


def _twins(context: Context, given: Any) -> list[str]:
    pool = _subject(context, given)
    accounts = [view.text("account_id") for _, view in pool.backups()]
    name = pool.raw("name")
    accounts += [
        one.remote.account_id
        for one in context.of_kind("pool")
        if one is not pool and one.remote is not None and name is not None and one.raw("name") == name
    ]
    regions = [_region(context, account_id) for account_id in accounts]
    own = _region(context, pool.remote.account_id) if pool.remote is not None else ""
    return sorted({region for region in regions if region and region != own})


def _region(context: Context, account_id: str) -> str:
    for account in context.of_kind("account"):
        if account.remote is not None and account.remote.account_id.lower() == account_id.lower():
            return account.text("location").lower().replace(" ", "")
    return ""


def _subject(context: Context, given: Any) -> Subject:
    address = given.get("address") if isinstance(given, dict) else given
    found = context.by_address(address) if isinstance(address, str) else None
    if found is None:
        raise ArgumentError(0, "it must be a resource or a change, such as each, or an address")
    return found


def _days(context: Context, text: str) -> int:
    found = moment(text)
    if found is None:
        raise ArgumentError(0, f'"{text}" is no day; one looks like 2027-06-30')
    return (found.astimezone(UTC).date() - context.as_of).days
