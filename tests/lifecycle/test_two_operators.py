"""Two people with one state, each with a command of their own: one waits, or is refused; one region is at work."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lifecycle_projects import PROJECTS
from lifecycle_town import PROVIDER, Town, opened, until

SPEED = "600"
"""Virtual seconds a second: nodes boot in less than a second, and runs of schedules do not come in every call."""

FAILOVER = ("failover", "pool.render", "-to", "north", "-auto-approve", "-json")
FAILBACK = ("failback", "pool.render", "-auto-approve")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pool that has a backup."""
    found = tmp_path_factory.mktemp("town")
    source = PROJECTS / "regions" / "main.batch.hcl"
    (found / "main.batch.hcl").write_text(PROVIDER + source.read_text(encoding="utf-8"), encoding="utf-8")
    (found / "tool.zip").write_bytes(b"PK-tool")
    return found


@pytest.fixture(scope="module")
def town(folder: Path) -> Iterator[Town]:
    """The project, applied on its emulator; each test leaves the work where it is declared."""
    with opened(folder, SPEED) as found:
        assert found.run("apply", "-auto-approve").returncode == 0
        yield found


def at_work(town: Town) -> dict[str, set[str]]:
    """Return for each schedule the accounts in which it makes jobs."""
    found: dict[str, set[str]] = {}
    for _, one in town.tables()["schedules"]:
        found.setdefault(one["id"], set()).update({one["account"]} if one["state"] == "active" else set())
    return found


def back(town: Town) -> None:
    """Return the work, and assert that nothing is left to do."""
    done = town.run(*FAILBACK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert at_work(town) == {"nightly": {"acmewest"}, "hourly": {"acmewest"}}
    town.is_steady()


@pytest.mark.slow
def test_others_wait_for_a_failover(town: Town) -> None:
    """While one fails over, an apply, a failback and another failover of somebody else end with 5; a status looks on."""
    with town.running(*FAILOVER) as first:
        until(first, "apply_start", 2)
        first.send_signal(signal.SIGSTOP)
        others = [town.run(*words) for words in (("apply", "-auto-approve"), FAILBACK, FAILOVER)]
        looking = town.run("status")
        first.send_signal(signal.SIGCONT)
        rest = first.communicate(timeout=60)
    assert first.returncode == 0, rest
    assert [one.returncode for one in others] == [5, 5, 5]
    assert all("failover" in one.stderr + one.stdout for one in others)
    assert looking.returncode == 0, looking.stderr
    assert at_work(town) == {"nightly": {"acmenorth"}, "hourly": {"acmenorth"}}
    back(town)


@pytest.mark.slow
def test_a_failover_waits_for_an_apply(town: Town) -> None:
    """While one applies, a failover ends with 5, or waits as long as it is told to and moves the work then."""
    with town.running("apply", "-auto-approve", "-json", "-var", "note=two") as first:
        until(first, "apply_start")
        first.send_signal(signal.SIGSTOP)
        refused = town.run(*FAILOVER)
        with town.running(*FAILOVER, "-lock-timeout", "60s", "-var", "note=two") as waiting:
            first.send_signal(signal.SIGCONT)
            assert first.communicate() is not None
            rest = waiting.communicate(timeout=60)
    assert (first.returncode, refused.returncode, waiting.returncode) == (0, 5, 0), rest
    assert at_work(town) == {"nightly": {"acmenorth"}, "hourly": {"acmenorth"}}
    assert town.run("apply", "-auto-approve").returncode == 0
    back(town)


@pytest.mark.slow
def test_at_the_same_moment(town: Town) -> None:
    """Of two that begin at once, each is done or told to wait, and afterwards one region is at work, as the state says."""
    with town.running(*FAILOVER) as one, town.running(*FAILBACK) as other:
        told = [one.communicate(), other.communicate()]
    codes = {one.returncode, other.returncode}
    assert codes <= {0, 5}, told
    assert 0 in codes
    running = at_work(town)
    assert set(map(frozenset, running.values())) in ({frozenset({"acmewest"})}, {frozenset({"acmenorth"})})
    planned = town.run("plan", "-detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    back(town)


@pytest.mark.slow
def test_a_plan_from_before(town: Town) -> None:
    """A plan that somebody saved before the failover is refused after it, and changes nothing."""
    saved = town.run("plan", "-var", "note=three", "-out", "before.bpplan")
    assert saved.returncode == 0, saved.stderr
    moved = town.run(*FAILOVER)
    assert moved.returncode == 0, moved.stdout
    stale = town.run("apply", "before.bpplan", "-auto-approve")
    assert stale.returncode == 4, stale.stdout + stale.stderr
    assert at_work(town) == {"nightly": {"acmenorth"}, "hourly": {"acmenorth"}}
    back(town)


@pytest.mark.slow
def test_an_old_copy_of_the_state(town: Town, tmp_path: Path) -> None:
    """Who works with a copy of the folder from before the failover is refused: two regions would be at work."""
    shutil.copytree(town.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("*.lock"))
    moved = town.run(*FAILOVER)
    assert moved.returncode == 0, moved.stdout
    applied = Town(tmp_path / "copy", town.admin).run("apply", "-auto-approve")
    assert applied.returncode == 1
    assert "E0904" in applied.stderr
    assert at_work(town) == {"nightly": {"acmenorth"}, "hourly": {"acmenorth"}}
    shown: subprocess.CompletedProcess[str] = town.run("failover", "-settle")
    assert (shown.returncode, shown.stdout) == (0, "Nothing is owed anywhere.\n")
    back(town)
