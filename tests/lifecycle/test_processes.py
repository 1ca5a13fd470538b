"""Commands as processes against an emulator in another one: killed for good, side by side, and without a reader."""

import json
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from lifecycle_projects import PROJECTS
from lifecycle_town import PROVIDER, Town, opened, until

THOROUGH = bool(os.environ.get("BATCHPLAN_THOROUGH"))
SPEED = "20000"
"""Virtual seconds a second: what a wait waits for has come about when it looks for the first time."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A project with every kind of object, which keeps no pool that was replaced, and its emulator."""
    text = (PROJECTS / "everything" / "main.batch.hcl").read_text(encoding="utf-8")
    at_once = text.replace("strategy = var.strategy", 'strategy = var.strategy\n    retain = "PT0S"')
    (tmp_path / "main.batch.hcl").write_text(PROVIDER + at_once, encoding="utf-8")
    (tmp_path / "tool.zip").write_bytes(b"PK-tool")
    with opened(tmp_path, SPEED) as found:
        yield found


@pytest.mark.slow
def test_killed_at_random_points(town: Town) -> None:
    """SIGKILL at any moment of an apply: the next one comes to the same end, with nothing twice and nothing left over."""
    chance = random.Random(4)
    for turn in range(8 if THOROUGH else 3):
        words = ("-var", f"note={('one', 'two')[turn % 2]}", "-var", f"slots={1 + turn // 2 % 2}")
        with town.running("apply", "-auto-approve", "-json", *words) as child:
            until(child, chance.choice(("apply_start", "apply_complete")), chance.randint(1, 12))
            child.send_signal(signal.SIGKILL)
            child.wait()
        again = town.run("apply", "-auto-approve", *words)
        assert again.returncode == 0, again.stdout + again.stderr
        planned = town.run("plan", "-detailed-exitcode", *words)
        assert planned.returncode == 0, planned.stdout + planned.stderr
        assert counted(town) == {"accounts": 2, "applications": 1, "packages": 1, "pools": 3, "jobs": 2, "schedules": 2}


def counted(town: Town) -> dict[str, int]:
    """Return how many objects of each kind there are."""
    found = town.tables()
    return {name: len(found[name]) for name in ("accounts", "applications", "packages", "pools", "jobs", "schedules")}


@pytest.mark.slow
def test_two_applies(town: Town) -> None:
    """While one applies, another says who does and ends with 5, in either form; a plan without the lock goes on."""
    with town.running("apply", "-auto-approve", "-json") as first:
        until(first, "apply_start", 3)
        first.send_signal(signal.SIGSTOP)
        second = town.run("apply", "-auto-approve")
        streamed = town.run("apply", "-auto-approve", "-json")
        looking = town.run("plan", "-lock=false", "-detailed-exitcode")
        first.send_signal(signal.SIGCONT)
        until(first, "outputs", 2)
        assert first.wait() == 0
    assert second.returncode == 5
    assert f"process {first.pid}" in second.stderr
    assert "apply" in second.stderr
    assert (streamed.returncode, streamed.stderr) == (5, "")
    told = [json.loads(line) for line in streamed.stdout.splitlines()]
    assert [one["diagnostic"]["code"] for one in told if one["type"] == "diagnostic"] == ["E0801"]
    assert looking.returncode == 2, looking.stderr
    town.is_steady()


@pytest.mark.slow
@pytest.mark.parametrize("form", [(), ("-json",)], ids=["text", "json"])
def test_nobody_reads_on(town: Town, form: tuple[str, ...]) -> None:
    """As in `batchplan apply | head -3`: what has been begun is carried on to its end."""
    with town.running("apply", "-auto-approve", *form) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        for line in child.stdout:
            if "apply_complete" in line or "done" in line:
                break
        child.stdout.close()
        assert child.wait() == 0
        assert child.stderr.read() == ""
    town.is_steady()
