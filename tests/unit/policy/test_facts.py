"""Dated facts: every row has its source and its day, and questions find the right row."""

from datetime import date

import pytest

from batchplan.policy import facts


@pytest.mark.parametrize("name", facts.FILES)
def test_rows_have_source_and_day(name: str) -> None:
    """Each row says where it is from and when it was true."""
    for row in facts.rows(name):
        assert row["source"]
        assert date.fromisoformat(row["as_of"]) <= date(2026, 11, 30)


@pytest.mark.parametrize(
    ("size", "on"),
    [
        ("Standard_A1", date(2024, 8, 31)),
        ("standard_a1_v2", date(2028, 11, 15)),
        ("standard_nc6s_v3", date(2025, 9, 30)),
        ("standard_nc6", date(2023, 9, 6)),
        ("standard_nv6", date(2023, 9, 6)),
        ("standard_f4s_v2", date(2028, 11, 15)),
        ("standard_d2_v2", date(2028, 5, 1)),
        ("standard_ds13-4_v2", date(2028, 5, 1)),
        ("standard_b2ms", date(2028, 11, 15)),
        ("standard_b2s_v2", None),
        ("standard_d4s_v5", None),
        ("standard_d2_v3", None),
        ("standard_hb120rs_v3", None),
        ("standard_f4as_v6", None),
    ],
)
def test_sizes_that_end(size: str, on: date | None) -> None:
    """A size is found by the pattern of its series, and by no other."""
    found = facts.retirement("size", size)
    assert (found.on if found else None) == on


def test_features_and_agents_that_end() -> None:
    """Features and agents are found by name in any case."""
    classic = facts.retirement("feature", "classic_node_communication")
    assert classic is not None
    assert classic.on == date(2026, 3, 31)
    agent = facts.retirement("agent", "Batch.Node.Ubuntu 22.04")
    assert agent is not None
    assert agent.on == date(2027, 6, 30)
    assert facts.retirement("agent", "batch.node.ubuntu 24.04") is None


def test_images_limits_and_regions() -> None:
    """Images end with their operating system; limits and pairs are found by name."""
    assert facts.image_end("Canonical", "UbuntuServer", "18.04-LTS") == date(2023, 5, 31)
    assert facts.image_end("canonical", "ubuntu-24_04-lts", "server") == date(2029, 5, 31)
    assert facts.image_end("somebody", "else", "1") is None
    assert facts.limit("task_slots_per_node") == 256
    assert facts.region_pairs()["westeurope"] == "northeurope"
    assert facts.region_pairs()["polandcentral"] is None
    assert facts.isolated("Standard_E104i_v5") is not None
    assert facts.isolated("standard_d4s_v5") is None
