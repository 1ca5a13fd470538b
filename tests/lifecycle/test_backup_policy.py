"""Policy about backups, asked of real plans: what is time-sensitive needs one, and one that could not take over is told."""

import pytest
from failing_over import POOL, Regions
from lifecycle_driver import Place

from batchplan.ops.failover import Failover, make_failover
from batchplan.ops.policy import Asked, Checked, PolicyRefused, check_plan, refuse, save_context
from batchplan.ops.policymove import check_move
from batchplan.ops.session import Session
from batchplan.plan.options import Options
from batchplan.policy.document import read_context
from batchplan.policy.judge import Judgement
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


def moved(place: Place, to: str = "north", *, unreachable: bool = False) -> Judgement:
    """Return what the recommended set finds because of a failover."""

    async def work(session: Session) -> Judgement:
        asked = Failover((POOL,), to=to, from_unreachable=unreachable)
        made = await make_failover(session, place.project(), asked)
        policy = Asked(set_name="recommended")
        return (await check_move(session, made.planned, policy, unreachable=unreachable)).judgement

    return place._do(work)


def test_a_move_is_asked_about_alone(regions: Regions) -> None:
    """What is wrong anyway, of the backup too, stops no move, there or back; nor does an ordinary move find anything."""
    place = regions.place
    assert moved(place).findings == ()
    place.edit(MARK, MARKED)
    place.edit('vm_size    = "standard_d4s_v3"', 'vm_size    = "standard_m832ixs_v2"')
    with pytest.raises(PolicyRefused):
        refuse(checked(place).judgement)
    assert moved(place).refusing == ()
    place.edit('vm_size    = "standard_m832ixs_v2"', 'vm_size    = "standard_d4s_v3"')
    regions.failover()
    assert moved(place, "").findings == ()


SIZES = """
policy "pools_keep_their_size" {
  id          = "ACME0001"
  severity    = "error"
  level       = "hard"
  for_each    = plan.changes.pool
  assert      = length([for one in each.fields : one if startswith(one.path, "fixed_scale")]) == 0
  message     = "${each.address} gets another size."
  remediation = "Leave it."
}
"""


def test_an_outage_is_advised_about(regions: Regions) -> None:
    """Of a region that is down the findings are told, stop nothing, and nothing is read for them."""
    place = regions.place
    regions.failover()
    place.write((place.folder / "main.batch.hcl").read_text(encoding="utf-8") + SIZES)
    before = place.count
    (stopping,) = moved(place, "").refusing
    assert stopping.rule.id == "ACME0001"
    assert reads_images(place, before)
    regions.cut("northeurope")
    before = place.count
    found = moved(place, "", unreachable=True)
    assert [one.rule.id for one in found.findings] == ["ACME0001"]
    refuse(found)
    assert not reads_images(place, before)


def reads_images(place: Place, after: int) -> bool:
    """Return whether images were looked up, which only rules of policy want to know."""
    return any(str(one["path"]).lower().endswith("/supportedimages") for one in place.requests(after))


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
