"""The entities of the world.

Each entity is a plain mutable dataclass that only `world/` changes. What a client sent is kept
in `spec`: JSON in the **data plane's** member names at api-version 2025-06-01, already normalised
(lower-case enums, `PT15M`, defaults filled in), because the data plane says more than ARM does;
ARM's form is a view (`arm/views.py`). Members only ARM has are fields of the entity (`tags`, `identity`).

Times are ticks (`ticks.py`). Ids keep the caller's case; keys are their lower case.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Entity:
    """What all records share. `modified` is lastModified and, in hex, the ETag."""

    created: int = 0
    modified: int = 0


@dataclass(slots=True)
class ResourceGroup(Entity):
    """A resource group of a subscription; key: (subscription, name)."""

    subscription: str = ""
    name: str = ""
    location: str = ""
    tags: Json | None = None
    state: str = "Succeeded"  # Succeeded Deleting


@dataclass(slots=True)
class Account(Entity):
    """A Batch account; its name is unique in the world (the service: per region)."""

    name: str = ""
    subscription: str = ""
    resource_group: str = ""
    location: str = ""
    tags: Json | None = None
    identity: Json | None = None
    properties: Json = field(default_factory=dict)  # writable ARM properties, normalised
    quotas: Json = field(default_factory=dict)  # dedicatedCoreQuota, lowPriorityCoreQuota, families, poolQuota, ...
    keys: dict[str, str] = field(default_factory=dict)  # primary, secondary (base64)
    provisioning_state: str = "Succeeded"
    endpoint: str = ""  # host:port of its data plane, no scheme
    node_management_endpoint: str = ""
    private_endpoint_connections: dict[str, Json] = field(default_factory=dict)
    perimeters: dict[str, Json] = field(default_factory=dict)  # network security perimeter configurations
    certificates: dict[str, Json] = field(default_factory=dict)  # by `algorithm-thumbprint`, see world/certificates.py


@dataclass(slots=True)
class Application(Entity):
    """An application of an account; versions by name."""

    account: str = ""
    name: str = ""
    display_name: str | None = None
    allow_updates: bool = True
    default_version: str | None = None
    tags: Json | None = None


@dataclass(slots=True)
class ApplicationPackage(Entity):
    """One version of an application: pending until its zip is activated."""

    account: str = ""
    application: str = ""
    version: str = ""
    state: str = "Pending"
    format: str | None = None
    last_activated: int | None = None
    tags: Json | None = None


@dataclass(slots=True)
class ResizeError:
    """Why a resize did not reach its target. Sticky until the next resize starts."""

    code: str
    message: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Pool(Entity):
    """A pool: its spec, and where its size stands."""

    account: str = ""
    id: str = ""
    spec: Json = field(default_factory=dict)
    tags: Json | None = None  # ARM only
    identity: Json | None = None
    state: str = "active"  # active deleting
    state_changed: int = 0
    allocation_state: str = "resizing"  # steady resizing stopping
    allocation_changed: int = 0
    target_dedicated: int = 0
    target_low_priority: int = 0
    current_dedicated: int = 0
    current_low_priority: int = 0
    resize_timeout: str = "PT15M"
    deallocation_option: str = "requeue"
    resize_started: int | None = None  # the last resize operation; ARM keeps it after steady
    resize_errors: list[ResizeError] = field(default_factory=list)
    auto_scale_run: Json | None = None
    auto_scale_enabled_at: int | None = None
    auto_pool_of: str | None = None  # job or schedule key whose auto pool this is
    next_node: int = 0
    serial: int = 0  # tells this pool from an earlier one of the same id
    resize_run: int = 0  # serial of the resize under way; a pending event of an earlier one is void
    resize_due: int = 0  # the resize under way does not end before
    resize_operation: Json | None = None  # what the last resize asked for; ARM shows it once steady
    scale_run: int = 0  # serial of the autoscale timer
    metric_log: list[list[int]] = field(default_factory=list)  # counters by 30 s slot, see world/metrics.py


@dataclass(slots=True)
class Node:
    """A compute node."""

    account: str = ""
    pool: str = ""  # pool key
    id: str = ""
    ordinal: int = 0
    dedicated: bool = True
    state: str = "creating"
    state_changed: int = 0
    allocated: int = 0
    last_boot: int | None = None
    scheduling: str = "enabled"
    vm_size: str = ""
    ip: str = ""
    agent_version: str | None = None
    agent_updated: int | None = None
    packages: list[Json] = field(default_factory=list)  # as of its last boot
    start_task: Json | None = None  # as of its last boot
    start_task_info: Json | None = None
    running_tasks: list[tuple[str, str]] = field(default_factory=list)  # (job key, task key)
    recent_tasks: list[Json] = field(default_factory=list)
    total_tasks_run: int = 0
    total_tasks_succeeded: int = 0
    prepared_jobs: dict[str, Json] = field(default_factory=dict)  # job key -> preparation task info
    released_jobs: dict[str, Json] = field(default_factory=dict)
    users: dict[str, Json] = field(default_factory=dict)
    errors: list[Json] = field(default_factory=list)
    files: dict[str, Json] = field(default_factory=dict)  # path -> {content, created, modified, dir}
    doomed: str | None = None  # deallocation option by which it will leave when its tasks are done
    boot: int = 0  # serial of the last boot or fault; a pending event of an earlier one is void
    pending: str | None = None  # rebooting, reimaging or deallocating: begins when its tasks are done
    start_task_output: Json | None = None  # stdout, stderr of the start task
    deleted_files: list[str] = field(default_factory=list)  # paths a client removed
    wiped: int = 0  # serial of the last loss of its disks


@dataclass(slots=True)
class Job(Entity):
    """A job; `spec` is its data-plane body with defaults."""

    account: str = ""
    id: str = ""
    spec: Json = field(default_factory=dict)
    schedule: str | None = None  # key of the job schedule that made it
    state: str = "active"
    state_changed: int = 0
    previous_state: str | None = None
    previous_changed: int | None = None
    start_time: int = 0
    end_time: int | None = None
    terminate_reason: str | None = None
    scheduling_error: Json | None = None
    pool_id: str | None = None  # the pool it runs on: named, or its auto pool
    disable_option: str | None = None
    serial: int = 0  # tells this job from an earlier one of the same id
    next_task: int = 0


@dataclass(slots=True)
class Task(Entity):
    """A task and its last execution."""

    account: str = ""
    job: str = ""  # job key
    id: str = ""
    spec: Json = field(default_factory=dict)
    sequence: int = 0  # order of arrival, decides among equal priorities
    state: str = "active"
    state_changed: int = 0
    previous_state: str | None = None
    previous_changed: int | None = None
    execution: Json = field(default_factory=lambda: {"retryCount": 0, "requeueCount": 0})
    node: str | None = None
    node_info: Json | None = None
    run: int = 0  # counts starts; a pending event of an earlier run is void
    subtasks: list[Json] = field(default_factory=list)
    output: Json = field(default_factory=dict)  # stdout, stderr of the last run
    manager: bool = False  # the job's manager task
    met: list[str] = field(default_factory=list)  # tasks it depended on that were deleted after they satisfied it
    placed: int = 0  # serial of its last placing on a node


@dataclass(slots=True)
class JobSchedule(Entity):
    """A job schedule and what it has made."""

    account: str = ""
    id: str = ""
    spec: Json = field(default_factory=dict)
    state: str = "active"
    state_changed: int = 0
    previous_state: str | None = None
    previous_changed: int | None = None
    next_run: int | None = None
    last_occurrence: int | None = None
    jobs_made: int = 0
    recent_job: str | None = None
    end_time: int | None = None
    auto_pool: str | None = None
    serial: int = 0  # tells this schedule from an earlier one of the same id
    timer: int = 0  # serial of the pending occurrence


@dataclass(slots=True)
class Operation:
    """A long-running ARM operation."""

    id: str = ""
    kind: str = ""
    account: str = ""
    target: str = ""  # resource path of the result
    started: int = 0
    done: int | None = None
    status: str = "InProgress"
    error: Json | None = None
