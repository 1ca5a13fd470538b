"""The calls of steps, each one operation of an SDK with a body of plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from azure.core import MatchConditions

from batchplan.azure.alone import enable_alone
from batchplan.azure.clients import Clients
from batchplan.azure.nodes import seen
from batchplan.azure.rawjson import get
from batchplan.azure.regions import first_run
from batchplan.azure.resubmit import copy_tasks, drop_tasks, see_copied
from batchplan.azure.send import etag_header, plain
from batchplan.azure.untold import signs_in_with_password
from batchplan.azure.upload import upload
from batchplan.core.remote import AccountParts, Remote, account_parts
from batchplan.plan.step import (
    Activate,
    Call,
    CopyJob,
    CopyTasks,
    Create,
    Delete,
    DisableAutoScale,
    DisableJob,
    DisableSchedule,
    DropTasks,
    EnableAutoScale,
    EnableJob,
    EnableSchedule,
    EndWithTasks,
    Patch,
    RebootNodes,
    RepointSchedule,
    Resize,
    Retime,
    StopResize,
    TerminateJob,
    Upload,
    UploadLogs,
)
from batchplan.ports import Rejected

Etag = Any
"""A string or None; the operations are typed for models, and what `cls` makes of an answer is not typed at all."""

DEALLOCATION = {name.lower(): name for name in ("Requeue", "Terminate", "TaskCompletion", "RetainedData")}


@dataclass(frozen=True, slots=True)
class Calls:
    """Makes calls. The SDKs' exceptions come through as they are."""

    clients: Clients

    async def make(self, step: Call) -> Etag:
        """Make the call of a step and return the ETag that it answers."""
        match step:
            case Create():
                return await self._create(step)
            case Patch():
                return await self._patch(step)
            case Delete():
                await self._delete(step)
                return None
            case Resize():
                return await self._scale(step, {"fixedScale": _fixed_scale(step)})
            case EnableAutoScale():
                interval = {"evaluationInterval": step.interval} if step.interval else {}
                return await self._scale(step, {"autoScale": {"formula": step.formula, **interval}})
            case StopResize():
                return await self._pool(step).stop_resize(*self._named(step), cls=etag_header)
            case DisableAutoScale():
                return await self._pool(step).disable_auto_scale(*self._named(step), cls=etag_header)
            case Upload():
                await upload(self.clients, step)
                return None
            case Activate():
                return await self._activate(step)
            case EnableSchedule() if step.elsewhere:
                await enable_alone(self.clients, step)
                return None
            case DisableJob() | EnableJob() | TerminateJob() | DisableSchedule() | EnableSchedule():
                await self._turn(step)
                return None
            case Retime():
                return await self._retime(step)
            case CopyJob():
                batch: Any = await self.clients.batch(step.remote.account_id)
                return await batch.create_job({"id": step.remote.name, **plain(step.body)}, cls=etag_header)
            case CopyTasks():
                await copy_tasks(self.clients, step)
                return None
            case DropTasks():
                await drop_tasks(self.clients, step)
                return None
            case EndWithTasks():
                batch = await self.clients.batch(step.remote.account_id)
                return await batch.update_job(step.remote.name, {"onAllTasksComplete": step.mode}, cls=etag_header)
            case RepointSchedule():
                await self._repoint(step)
                return None
            case UploadLogs():
                await self._upload_logs(step)
                return None
            case RebootNodes():
                await self._reboot(step)
                return None
            case _:
                assert_never(step)

    async def _retime(self, step: Retime) -> Etag:
        batch: Any = await self.clients.batch(step.remote.account_id)
        times = await first_run(self.clients, step)
        return await batch.update_job_schedule(step.remote.name, {"schedule": times}, cls=etag_header)

    async def _create(self, step: Create) -> Etag:
        """Create an object. Bodies that may be missing are left out when they are empty: of `{}` the SDK makes text."""
        remote, arm, at = step.remote, self._arm(step), self._parts(step)
        body: Any = plain(step.body)
        match remote.kind:
            case "account":
                await arm.batch_account.begin_create(at.resource_group, at.name, body, **self._noted(remote))
                return None
            case "application":
                return await arm.application.create(*self._named(step), body or None, cls=etag_header)
            case "application_package":
                return await arm.application_package.create(
                    *self._named(step), remote.version, body or None, cls=etag_header
                )
            case "pool":
                only_new = MatchConditions.IfMissing
                return await arm.pool.create(*self._named(step), body, match_condition=only_new, cls=etag_header)
        batch: Any = await self.clients.batch(remote.account_id)
        create = batch.create_job if remote.kind == "job" else batch.create_job_schedule
        return await create({"id": remote.name, **body}, cls=etag_header)

    async def _patch(self, step: Patch) -> Etag:
        remote, arm, at = step.remote, self._arm(step), self._parts(step)
        body: Any = plain(step.body)
        match remote.kind:
            case "account":
                await arm.batch_account.update(at.resource_group, at.name, body)
                return None
            case "application":
                return await arm.application.update(*self._named(step), body, cls=etag_header)
            case "application_package":
                return await arm.application_package.create(
                    *self._named(step), remote.version, body or None, cls=etag_header
                )
            case "pool":
                unchanged = {"etag": step.etag, "match_condition": MatchConditions.IfNotModified} if step.etag else {}
                return await arm.pool.update(*self._named(step), body, cls=etag_header, **unchanged)
        batch: Any = await self.clients.batch(remote.account_id)
        update = batch.update_job if remote.kind == "job" else batch.update_job_schedule
        return await update(remote.name, body, cls=etag_header)

    async def _delete(self, step: Delete) -> None:
        remote, arm, at = step.remote, self._arm(step), self._parts(step)
        match remote.kind:
            case "account":
                await arm.batch_account.begin_delete(at.resource_group, at.name, **self._noted(remote))
            case "application":
                await arm.application.delete(*self._named(step))
            case "application_package":
                await arm.application_package.delete(*self._named(step), remote.version)
            case "pool":
                await arm.pool.begin_delete(*self._named(step), **self._noted(remote))
            case "job":
                await (await self.clients.batch(remote.account_id)).begin_delete_job(remote.name)
            case _:
                await (await self.clients.batch(remote.account_id)).begin_delete_job_schedule(remote.name)

    async def _scale(self, step: Resize | EnableAutoScale, settings: Mapping[str, Any]) -> Etag:
        body: Any = {"properties": {"scaleSettings": settings}}
        return await self._pool(step).update(*self._named(step), body, cls=etag_header)

    async def _activate(self, step: Activate) -> Etag:
        packages = self._arm(step).application_package
        body: Any = {"format": step.format}
        return await packages.activate(*self._named(step), step.remote.version, body, cls=etag_header)

    async def _turn(self, step: DisableJob | EnableJob | TerminateJob | DisableSchedule | EnableSchedule) -> None:
        """Switch a job or schedule. The pollers that the SDK gives are left alone: the steps after this one look."""
        batch: Any = await self.clients.batch(step.remote.account_id)
        name = step.remote.name
        match step:
            case DisableJob():
                await batch.begin_disable_job(name, {"disableTasks": step.option})
            case EnableJob():
                await batch.begin_enable_job(name)
            case TerminateJob():
                if step.copy is not None:
                    await see_copied(self.clients, step.remote, step.copy)
                # Without options the SDK fails; this reason is what the service takes when none is given.
                await batch.begin_terminate_job(name, {"terminateReason": "UserTerminate"})
            case DisableSchedule():
                await batch.disable_job_schedule(name)
            case EnableSchedule():
                await batch.enable_job_schedule(name)
            case _:
                assert_never(step)

    async def _repoint(self, step: RepointSchedule) -> None:
        batch: Any = await self.clients.batch(step.remote.account_id)
        specification = (await get(batch, f"/jobschedules/{step.remote.name}"))["jobSpecification"]
        if signs_in_with_password(specification):
            detail = "its tasks sign in to a container registry with a password, which would be lost"
            raise Rejected(f"{step.remote} cannot be sent back as it was read: {detail}", code="PasswordNotTold")
        body = {"jobSpecification": {**specification, "poolInfo": {"poolId": step.target.name}}}
        await batch.update_job_schedule(step.remote.name, body)

    async def _upload_logs(self, step: UploadLogs) -> None:
        """Ask each node for all since it was booted; one that has gone, or cannot be asked, has nothing to give any more."""
        batch: Any = await self.clients.batch(step.remote.account_id)
        for node in await seen(batch, step.remote.name):
            if node.state in ("idle", "running", "starttaskfailed", "offline"):
                since = node.booted or self.clients.now() - timedelta(days=1)
                body = {**plain(step.body), "startTime": since.isoformat()}
                await batch.upload_node_logs(step.remote.name, node.id, body)

    async def _reboot(self, step: RebootNodes) -> None:
        batch: Any = await self.clients.batch(step.remote.account_id)
        since = datetime.fromisoformat(step.after)
        for node in await seen(batch, step.remote.name):
            if node.id in step.nodes and node.state in ("idle", "running") and (node.booted or since) <= since:
                await batch.begin_reboot_node(step.remote.name, node.id, {"nodeRebootOption": "taskcompletion"})

    def _noted(self, remote: Remote) -> dict[str, Any]:
        """Return what keeps the SDK from waiting for an operation, in real time, and lets us find it again."""
        operations = self.clients.operations
        return {"polling": False, "raw_response_hook": lambda response: operations.begun(remote, response)}

    def _arm(self, step: Call) -> Any:
        """Return the ARM client; its operations are typed for models, and bodies here are plain JSON."""
        return self.clients.arm(step.remote.account_id)

    def _pool(self, step: Call) -> Any:
        return self._arm(step).pool

    def _parts(self, step: Call) -> AccountParts:
        return account_parts(step.remote.account_id)

    def _named(self, step: Call) -> tuple[str, str, str]:
        at = self._parts(step)
        return at.resource_group, at.name, step.remote.name


def _fixed_scale(step: Resize) -> dict[str, Any]:
    scale: dict[str, Any] = {"targetDedicatedNodes": step.dedicated, "targetLowPriorityNodes": step.low_priority}
    if step.timeout:
        scale["resizeTimeout"] = step.timeout
    if step.option:
        scale["nodeDeallocationOption"] = DEALLOCATION.get(step.option.replace("_", "").lower(), step.option)
    return scale
