"""Auto pools: made with a job or with the first job of a schedule, gone with it unless kept alive."""

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Account, Job, Json
from batchplan.emulator.world import autoscale, certificates, checks, packages, pools, quotas
from batchplan.emulator.world.core import Key, World

_CODES = {
    "PoolQuotaReached": "AutoPoolCreationFailedWithQuotaReached",
    "InvalidApplicationPackageReferences": "InvalidApplicationPackageReferencesInAutoPool",
    "InvalidCertificateReferences": "InvalidCertificatesInAutoPool",
    "AutoScalingFormulaSyntaxError": "InvalidAutoScaleFormulaInAutoPool",
    "AutoScalingFormulaTooLong": "InvalidAutoScaleFormulaInAutoPool",
}


def create(world: World, account: Account, auto: Json, *, owner: str) -> str:
    """Create an auto pool and return its id: the prefix and an upper-case GUID (recorded). Raise ServiceError."""
    body: Json = dict(auto.get("pool") or {})
    checks.pool(body, body)
    packages.require(world, account, body.get("applicationPackageReferences"))
    certificates.require(account, body.get("certificateReferences"))
    if body["enableAutoScale"]:
        autoscale.check(body["autoScaleFormula"])
    quotas.check_pools(world, account)
    name = str(auto.get("autoPoolIdPrefix") or "") + world.fresh_guid().upper()
    pools.add_pool(world, (account.name.lower(), name.lower()), body, name, owner=owner)
    return name


def of_schedule(world: World, account: Account, schedule_key: Key, job: Job, auto: Json) -> str | None:
    """Return the pool a schedule's jobs share, made with the first of them; None when it cannot be made."""
    schedule = world.schedules[schedule_key]
    if schedule.auto_pool is None or (schedule_key[0], schedule.auto_pool.lower()) not in world.pools:
        try:
            schedule.auto_pool = create(world, account, auto, owner=f"schedule:{schedule_key[1]}")
        except ServiceError as error:
            job.scheduling_error = scheduling_error(error)
            return None
        world.touch("schedules", schedule_key)
    return schedule.auto_pool


def delete(world: World, account_name: str, pool_id: str | None) -> None:
    """Delete an auto pool whose job or schedule has ended."""
    key = (account_name, str(pool_id).lower())
    pool = world.pools.get(key)
    if pool is not None and pool.state != "deleting":
        pools.delete_pool(world, world.accounts[account_name,], pool)


def scheduling_error(error: ServiceError) -> Json:
    """Return why a job has no pool, as the job shows it."""
    code = _CODES.get(error.code, "InvalidAutoPoolSettings")
    details = [{"name": name, "value": value} for name, value in error.details]
    found: Json = {"category": "UserError", "code": code, "message": error.message}
    return {**found, "details": details} if details else found
