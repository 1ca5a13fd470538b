"""Ids of generations, and the place of retired pools in the state."""

from datetime import UTC, datetime

import pytest

from batchplan.core.address import BACKUP, CANDIDATE, RETIRED, parse_address
from batchplan.plan.naming import generation_name, generation_of

NOW = datetime(2026, 11, 22, 10, 13, tzinfo=UTC)
POOL = parse_address("pool.render")


@pytest.mark.parametrize("length", [1, 20, 45, 46, 48, 64])
def test_names_fit_and_tell_the_time(length: int) -> None:
    """An id has at most 64 characters and the time of the plan, however long the name."""
    name = generation_name("r" * length, POOL, {}, "lineage", NOW)
    assert len(name) <= 64
    assert generation_of(name).startswith("20261122t1013-")
    assert name.startswith("r" * min(length, 38))


@pytest.mark.parametrize("name", ["render", "etl-test-01", "gpu-t4-0a1f", "r-20261122t1013", "-20261122t1013-0a1f"])
def test_ids_that_others_gave_have_no_generation(name: str) -> None:
    """A pool whose id happens to have dashes, and a t between them, keeps its whole name when it is taken over."""
    assert generation_of(name) == ""


def test_long_names_stay_apart() -> None:
    """Two long names with the same beginning give two ids."""
    one, other = (generation_name("r" * 46 + end, POOL, {}, "lineage", NOW) for end in "ab")
    assert one != other


def test_what_a_generation_is_made_of_is_in_its_id() -> None:
    """Another address, document or lineage gives another id; the same gives the same."""
    given = ("r", POOL, {"vm_size": "a"}, "l", NOW)
    made = generation_name(*given)
    assert generation_name(*given) == made
    assert generation_name("r", parse_address("pool.x"), {"vm_size": "a"}, "l", NOW) != made
    assert generation_name("r", POOL, {"vm_size": "b"}, "l", NOW) != made
    assert generation_name("r", POOL, {"vm_size": "a"}, "m", NOW) != made


@pytest.mark.parametrize("text", ["pool.render", "pool.render[3]", 'pool.render["a"]', 'module.m["x"].pool.r["b[c"]'])
def test_retired_pools_know_their_successor(text: str) -> None:
    """The address of a retired pool survives as text and leads back."""
    address = parse_address(text)
    retired = address.part(RETIRED, "render-20261101t0915-4f81")
    assert parse_address(str(retired)) == retired
    assert retired.successor == address
    assert address.successor is None
    assert address.part(BACKUP, "north").successor is None
    assert address.part(BACKUP, "north").part(CANDIDATE, "r").successor == address.part(BACKUP, "north")
