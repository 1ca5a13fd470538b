"""`job` and `job_schedule`: work, once or again and again."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from batchplan.lang.types import STRING
from batchplan.schema import task
from batchplan.schema.auto_pool import PoolInfo
from batchplan.schema.block import Block, ComputedTypes
from batchplan.schema.constraint import Between, Duration, Instant, Length, UnlimitedOr, choice, matching
from batchplan.schema.facts import DATA_SDK, NAMES, OWN, Change, Fact, Ground
from batchplan.schema.job_task import WALL_CLOCK, JobManagerTask, JobPreparationTask, JobReleaseTask
from batchplan.schema.pool import ACCOUNT_ID
from batchplan.schema.pool_network import SUBNET
from batchplan.schema.rule import Distinct, Members, Needs, Problem, Rule, known
from batchplan.schema.suppress import SUPPRESS, Suppression
from batchplan.schema.times import instant

_ADDRESS = Ground(Change.CREATE, "It is part of the address in Azure.", NAMES)
_CREATE = Ground(Change.CREATE, "The service sets it when the job is created; no call changes it.", DATA_SDK)
_LIVE = Ground(Change.LIVE, "The service takes it in a PATCH at any time.", DATA_SDK)
_POOL = Ground(
    Change.ACTION,
    "The service takes it while the job is disabled: the job is disabled, patched and enabled again.",
    DATA_SDK,
)
_ENDING = Ground(Change.LIVE, "The service takes it from noaction to terminatejob only.", DATA_SDK)
_SCHEDULE = Ground(
    Change.LIVE, "The service takes it in a PATCH at any time; jobs made from then on have it.", DATA_SDK
)
_OWN = Ground(Change.LIVE, "It is batchplan's own and never sent.", OWN)
_NAME = matching(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")

MODE = choice("noaction", "terminatejob")
FAILURE = choice("noaction", "performexitoptionsjobaction")
PRIORITY = Between(-1000, 1000)
PARALLEL = UnlimitedOr(1)


class JobConstraints(Block):
    """Limits of a job."""

    max_wall_clock_time: Annotated[str | None, Duration(), WALL_CLOCK] = None
    max_task_retry_count: Annotated[
        int | None, task.RETRIES, Fact("How often a task that fails is tried again; -1 for ever.", default=0)
    ] = None


class JobNetwork(Block):
    """The subnet that nodes join while the job's tasks run on them."""

    subnet_id: Annotated[str, SUBNET]
    skip_withdraw_from_vnet: Annotated[bool | None, Fact(api="skipWithdrawFromVNet", default=False)] = None


class JobMembers(Block):
    """What jobs and the jobs of schedules have in common, with what a change costs a job that exists."""

    display_name: Annotated[str | None, Length(0, 1024), Fact("A label for people.", _CREATE)] = None
    priority: Annotated[int | None, PRIORITY, Fact("Higher goes first.", _LIVE, default=0)] = None
    allow_task_preemption: Annotated[
        bool | None,
        Fact("Whether tasks of jobs with a higher priority may take its nodes.", _LIVE, default=False),
    ] = None
    max_parallel_tasks: Annotated[int | None, PARALLEL, Fact("", _LIVE, default=-1)] = None
    constraints: Annotated[JobConstraints | None, Fact("", _LIVE)] = None
    uses_task_dependencies: Annotated[bool | None, Fact("", _CREATE, default=False)] = None
    job_manager_task: Annotated[JobManagerTask | None, Fact("", _CREATE)] = None
    job_preparation_task: Annotated[JobPreparationTask | None, Fact("", _CREATE)] = None
    job_release_task: Annotated[JobReleaseTask | None, Fact("", _CREATE)] = None
    common_environment_settings: Annotated[tuple[task.EnvironmentSetting, ...], Fact("", _CREATE, key=("name",))] = ()
    all_tasks_complete_mode: Annotated[
        str | None,
        MODE,
        Fact(
            "What happens when all tasks have ended.",
            _ENDING,
            api="onAllTasksComplete",
            default="noaction",
            forward=("noaction", "terminatejob"),
        ),
    ] = None
    task_failure_mode: Annotated[
        str | None,
        FAILURE,
        Fact("What happens when a task fails.", _CREATE, api="onTaskFailure", default="noaction"),
    ] = None
    network_configuration: Annotated[JobNetwork | None, Fact("", _LIVE)] = None
    metadata: Annotated[tuple[task.Metadata, ...], Fact("", _LIVE, key=task.METADATA)] = ()
    rules: ClassVar[tuple[Rule, ...]] = (
        Needs("job_release_task", ("job_preparation_task",)),
        Distinct("metadata", "name"),
        Distinct("common_environment_settings", "name"),
    )


class JobParts(JobMembers):
    """A job's members, and the pool that it runs on."""

    pool_info: Annotated[PoolInfo, Fact("", _POOL)]


def _lifetime(job: Members) -> Iterator[Problem]:
    specification = known(known(job, "pool_info") or {}, "auto_pool_specification") or {}
    option = known(specification, "pool_lifetime_option")
    if option and option.casefold() == "jobschedule":
        text = 'A pool that lives with a schedule needs a schedule; for a job the lifetime is "job".'
        yield Problem(("pool_info", "auto_pool_specification", "pool_lifetime_option"), text)


class Job(JobParts):
    """A job: tasks and the pool they run on."""

    account_id: Annotated[str, ACCOUNT_ID, Fact("The account it is in.", _ADDRESS, local=True)]
    name: Annotated[str, _NAME, Fact("The job's id.", _ADDRESS, api="id")]
    suppress: Annotated[dict[str, Suppression], SUPPRESS] = Field(default_factory=dict)
    rules = (*JobParts.rules, _lifetime)
    computed: ClassVar[ComputedTypes] = {"id": STRING}


def _times(schedule: Members) -> Iterator[Problem]:
    until, after = known(schedule, "do_not_run_until"), known(schedule, "do_not_run_after")
    first, last = (instant(one) if isinstance(one, str) else None for one in (until, after))
    if first is not None and last is not None and last <= first:
        yield Problem(("do_not_run_after",), f"It is {after}, not after do_not_run_until, which is {until}.")


class Schedule(Block):
    """When jobs are made."""

    do_not_run_until: Annotated[str | None, Instant()] = None
    do_not_run_after: Annotated[str | None, Instant()] = None
    start_window: Annotated[
        str | None, Duration("PT1M"), Fact("How late a job may be made; then that occurrence is left out.")
    ] = None
    recurrence_interval: Annotated[
        str | None, Duration("PT1M"), Fact("Time between the starts of two jobs; without it there is one job.")
    ] = None
    rules = (_times,)


class JobSpecification(JobParts):
    """What each of the schedule's jobs is like."""


class BackupSpecification(JobMembers):
    """What is different in a backup's region; the pool is the backup's."""


class ScheduleBackup(Block):
    """What is different about the schedule that stands ready in a backup's account: only that is written here.

    A block is merged with the schedule's own, lists with a name by their names; anything else takes its place.
    """

    schedule: Annotated[Schedule | None, Fact("", _LIVE)] = None
    job_specification: Annotated[BackupSpecification | None, Fact("", _SCHEDULE)] = None
    metadata: Annotated[tuple[task.Metadata, ...], Fact("", _LIVE, key=task.METADATA)] = ()


class JobSchedule(Block):
    """A schedule that makes jobs."""

    account_id: Annotated[str, ACCOUNT_ID, Fact("The account it is in.", _ADDRESS, local=True)]
    name: Annotated[str, _NAME, Fact("The schedule's id.", _ADDRESS, api="id")]
    display_name: Annotated[str | None, Length(0, 1024), Fact("A label for people.", _CREATE)] = None
    schedule: Annotated[Schedule, Fact("", _LIVE)]
    job_specification: Annotated[JobSpecification, Fact("", _SCHEDULE)]
    metadata: Annotated[tuple[task.Metadata, ...], Fact("", _LIVE, key=task.METADATA)] = ()
    backup: Annotated[
        dict[str, ScheduleBackup],
        Fact(
            "What is different in the account of the pool's backup of this name.",
            _OWN,
            local=True,
            separate=True,
        ),
    ] = Field(default_factory=dict)
    suppress: Annotated[dict[str, Suppression], SUPPRESS] = Field(default_factory=dict)
    rules = (Distinct("metadata", "name"),)
    computed: ClassVar[ComputedTypes] = {"id": STRING}
