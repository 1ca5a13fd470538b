"""Policy about backups, asked of real plans: what is time-sensitive needs one, and one that could not take over is told."""

import pytest
from failing_over import Regions
from lifecycle_driver import Place

from batchplan.ops.policy import Asked, Checked, PolicyRefused, check_plan, refuse, save_context
from batchplan.ops.session import Session
from batchplan.plan.options import Options
from batchplan.policy.document import read_context
from batchplan.policy.model import Outcome

MARK = '  schedule {\n    do_not_run_until    = "2025-06-01T09:15:00Z"'
MARKED = f'  metadata {{\n    name  = "time_sensitive"\n    value = "true"\n  }}\n{MARK}'


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Regions:
    """A pool with a backup, applied."""
    monkeypatch.chdir(place.folder)
    return Regions(place).set_up()


def checked(place: Place, *, refresh: bool = True) -> Checked:
    """Return what the recommended set says of the plan."""

    async def work(session: Session) -> Checked:
        from batchplan.ops.plan import make_plan

        planned = await make_plan(session, place.project(), Options(), refresh=refresh)
        return await check_plan(session, planned, Asked(set_name="recommended"), refresh=refresh, gate=True)

    return place._do(work)


def outcomes(found: Checked, rule: str) -> dict[str, Outcome]:
    """Return what a rule says of each object that it is about."""
    return {
        one.address: one.outcome
        for one in found.judgement.verdicts
        if one.rule.id == rule and one.outcome is not Outcome.NOT_APPLICABLE
    }


def test_time_sensitive_without_a_backup(regions: Regions) -> None:
    """With its mark the schedule may be applied while there is a backup; without one the plan is refused, unmarked it is not."""
    place = regions.place
    place.edit(MARK, MARKED)
    assert outcomes(checked(place), "BP3013") == {"job_schedule.hourly": Outcome.PASS}
    place.variables = {"backups": "{}"}
    found = checked(place)
    assert outcomes(found, "BP3013") == {"job_schedule.hourly": Outcome.FAIL}
    with pytest.raises(PolicyRefused) as refused:
        refuse(found.judgement)
    assert "BP3013 job_schedule.hourly is time-sensitive" in str(refused.value.diagnostics[0].detail)
    place.edit(MARKED, MARK)
    refuse(checked(place).judgement)


def test_parity_reaches_policy(regions: Regions, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a plan finds of a backup is what rules look at, also in a saved context; without a look nothing is checked."""
    place = regions.place
    assert outcomes(checked(place), "BP3014") == {"pool.render": Outcome.PASS}
    assert outcomes(checked(place), "BP3003") == {"pool.render": Outcome.PASS}
    assert outcomes(checked(place, refresh=False), "BP3014") == {"pool.render": Outcome.NOT_CHECKED}
    place.edit('vm_size    = "standard_d4s_v3"', 'vm_size    = "standard_m832ixs_v2"')
    found = checked(place)
    assert outcomes(found, "BP3014") == {"pool.render": Outcome.FAIL}
    with pytest.raises(PolicyRefused):
        refuse(found.judgement)
    file = tmp_path_factory.mktemp("saved") / "context.json"
    save_context(found, file)
    again = read_context(file.read_bytes())[0]
    (pool,) = (one.remote.id for one in found.context.of_kind("pool") if one.remote is not None)
    assert again.live.parity(pool) == found.context.live.parity(pool)


def test_a_region_that_does_not_answer_is_not_checked(regions: Regions) -> None:
    """While the region that was left is down, nothing can be said of it; neither then nor after is a plan refused."""
    regions.cut()
    regions.failover(from_unreachable=True)
    found = checked(regions.place)
    assert outcomes(found, "BP3014") == {"pool.render": Outcome.NOT_CHECKED}
    refuse(found.judgement)
    regions.restore()
    owed = checked(regions.place)
    assert outcomes(owed, "BP8012") == dict.fromkeys(
        ("job_schedule.hourly", "job_schedule.nightly", "pool.render"), Outcome.PASS
    )
    refuse(owed.judgement)


def test_a_new_backup_is_no_reason_to_refuse(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan is about to make, and what nobody can tell of an account that is not there, stops nothing."""
    from lifecycle_projects import put

    monkeypatch.chdir(place.folder)
    put(place, "regions")
    refuse(checked(place).judgement)
