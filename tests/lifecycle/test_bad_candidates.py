"""A candidate that does not prove itself gets no work: the gate stays shut, says why, and the active pool goes on."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from lifecycle_driver import Place
from rollout_driver import (
    ACCOUNT,
    OFTEN,
    active,
    add_tasks,
    begin,
    is_clean,
    job_states,
    pointing,
    pool_sizes,
    project,
    task_ends,
)

from batchplan.cli.main import main
from batchplan.core.diagnostics import UserError
from batchplan.emulator.catalogue import Quotas, default_quotas

START = "start_task {\n    command_line     = \"/bin/sh -c '%s'\"\n    wait_for_success = true\n  }"
BROKEN = START % "exit 3"
LOUD = (
    "start_task {\n    command_line     = \"/bin/sh -c 'exit 7'\"\n    wait_for_success = true\n"
    '    environment_settings {\n      name  = "EMULATOR_STDERR"\n      value = "cannot mount /data"\n    }\n  }'
)
SCALED = 'auto_scale {\n    formula = "%s"\n  }'
SMOKE = 'smoke_test {\n      command_line = "/bin/sh -c \'%s\'"\n      timeout      = "PT5M"\n    }'
TIGHT = replace(default_quotas(), families=(("standardDSv3Family", 6), ("standardDv3Family", 6)), dedicated=6)
TIGHT_IN_ALL = replace(TIGHT, families=(("standardDSv3Family", 500), ("standardDv3Family", 500)))


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a candidate, the words that must be told, and whether it is known before anything is done."""

    words: tuple[str, ...]
    replacement: str = ""
    parts: dict[str, Any] = field(default_factory=dict)
    good: dict[str, Any] = field(default_factory=dict)
    fault: dict[str, Any] | None = None
    count: int | None = None


WAIT = 'health {\n      timeout = "PT10M"\n    }'
BAD = {
    "start task": Bad(("starttaskfailed", "exit", "7", "cannot mount /data"), parts={"pool": LOUD}),
    "one start task of two": Bad(
        ("starttaskfailed",), fault={"kind": "start_task_failure"}, count=1, parts={"pool": START % "true"}
    ),
    "unusable": Bad(("unusable",), fault={"kind": "nodes_unusable"}),
    "allocation": Bad(("AllocationFailed",), fault={"kind": "allocation_failure"}),
    "allocation of half": Bad(("AllocationFailed",), fault={"kind": "allocation_failure", "granted": 0.5}),
    "allocation that hangs": Bad(("AllocationTimedOut",), fault={"kind": "allocation_failure", "hang": True}),
    "scaled start task": Bad(
        ("starttaskfailed",),
        WAIT,
        parts={"pool": BROKEN, "scale": SCALED % "$TargetDedicatedNodes = 2;"},
        good={"scale": SCALED % "$TargetDedicatedNodes = 2;"},
    ),
    "scaled allocation": Bad(
        ("AllocationFailed",),
        WAIT,
        parts={"scale": SCALED % "$TargetDedicatedNodes = 2;"},
        good={"scale": SCALED % "$TargetDedicatedNodes = 2;"},
        fault={"kind": "allocation_failure"},
    ),
    "formula": Bad(
        ("its formula fails",),
        WAIT,
        parts={"scale": SCALED % "$TargetDedicatedNodes = val($PendingTasks.GetSample(1), 9);"},
        good={"scale": SCALED % "$TargetDedicatedNodes = 2;"},
    ),
    "smoke test": Bad(("smoke exited 4",), SMOKE % "exit 4"),
    "smoke test that hangs": Bad(("smoke",), SMOKE % "sleep 100000"),
}


@pytest.fixture
def here(make_place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Place]:
    """Make a place that is also the working directory."""

    def make(**options: Any) -> Place:
        place = make_place(**options)
        monkeypatch.chdir(place.folder)
        return place

    return make


@pytest.mark.parametrize("name", BAD)
def test_it_never_receives_work(name: str, here: Callable[..., Place]) -> None:
    """The gate says what is wrong; nothing points to the candidate; with the cause gone, the next apply is clean."""
    bad, place = BAD[name], here()
    begin(place, bad.replacement, **bad.good)
    place.advance(1200)
    old = active(place)
    before = pool_sizes(place)[old]
    assert before[0] == 2
    add_tasks(place, "declared", [30, 900])
    place.advance(60)
    watch = Watch(place, old)
    if bad.fault:
        place.fault(effect=bad.fault, count=bad.count)
    place.write(project(bad.replacement, **{"slots": 2, **bad.good, **bad.parts}))
    _, applied = place.apply(whole=False)
    failures = [one for one in applied.result.failed.values() if one.gate]
    assert len(failures) == 1, {step: one.message for step, one in applied.result.failed.items()}
    for word in bad.words:
        assert word in failures[0].message
    assert watch.wrong == []
    assert active(place) == old
    assert pool_sizes(place)[old] == before
    assert {state for job, state in job_states(place).items() if not job.startswith("smoke-")} == {"active"}
    place.emulator.call(lambda _: place.emulator.faults.clear())
    place.advance(120)
    place.write(
        project(bad.replacement.replace("exit 4", "exit 0").replace("sleep 100000", "exit 0"), slots=4, **bad.good)
    )
    place.apply()
    assert active(place) != old
    place.advance(1000)
    assert task_ends(place) == {"completed success": 2}
    place.apply()  # the retired pool may be due by now
    is_clean(place)


class Watch(list):
    """Events; with each of them it is looked whether something points to another pool than the active one."""

    def __init__(self, place: Place, pool: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.place = place
        self.pool = pool
        place.events = self

    def append(self, event: object) -> None:
        super().append(event)
        found = {name: pool for name, pool in pointing(self.place).items() if not name.startswith("smoke-")}
        if set(found.values()) != {self.pool}:
            self.wrong.append(str(found))


@pytest.mark.parametrize("tight", [TIGHT, TIGHT_IN_ALL], ids=["of each family", "of all"])
def test_quota(here: Callable[..., Place], tight: Quotas) -> None:
    """What does not fit the quota is refused before anything is done; a surge that fits goes through."""
    place = here(quotas=tight)
    begin(place)
    old = active(place)
    place.write(project(slots=2))
    with pytest.raises(UserError, match='surge = "50%"'):
        place.plan()
    place.write(project('surge = "50%"', slots=2))
    place.apply()
    assert active(place) != old
    assert pool_sizes(place)[active(place)] == (2, 2)
    is_clean(place)


def test_quota_lost_on_the_way(here: Callable[..., Place], tmp_path: Path) -> None:
    """Somebody else takes the cores between the plan and its apply: the gate says which quota is reached."""
    place = here()
    begin(place)
    old = active(place)
    place.write(project(slots=2))
    place.save(tmp_path / "saved.bpplan")
    before = place.emulator.call(lambda world: dict(world.accounts[ACCOUNT,].quotas))
    place.emulator.call(lambda world: world.accounts[ACCOUNT,].quotas.update(dedicatedCoreQuota=6))
    watch = Watch(place, old)
    _, applied = place.apply_file(tmp_path / "saved.bpplan")
    failed = [one.message for one in applied.result.failed.values() if one.gate]
    assert len(failed) == 1
    assert "AccountCoreQuotaReached" in failed[0]
    assert watch.wrong == []
    assert active(place) == old
    place.emulator.call(lambda world: world.accounts[ACCOUNT,].quotas.update(before))
    place.apply()
    assert active(place) != old
    is_clean(place)


def test_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 6 and tells node, exit code, what the start task wrote, and what to do; then all is well."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "main.batch.hcl"
    provider = 'provider "azure" {\n  environment = "emulator"\n}\n'
    file.write_text(provider + project(schedule=OFTEN), encoding="utf-8")
    assert main(["apply", "-auto-approve"]) == 0
    file.write_text(provider + project(slots=2, pool=LOUD, schedule=OFTEN), encoding="utf-8")
    capsys.readouterr()
    assert main(["apply", "-auto-approve"]) == 6
    told = capsys.readouterr()
    told_text = told.out + told.err
    for word in ("tvm", "exit code 7", "cannot mount /data", "active pool", "rollout abort"):
        assert word in told_text
    assert main(["rollout", "status"]) == 0
    assert "candidate" in capsys.readouterr().out
    file.write_text(provider + project(slots=4, schedule=OFTEN), encoding="utf-8")
    assert main(["apply", "-auto-approve"]) == 0
    assert main(["plan", "-detailed-exitcode"]) == 0
