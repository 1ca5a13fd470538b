"""What was read of Azure beside the objects themselves: datasets by name, each with the moment of reading.

A dataset that was not read is not there, and a rule that needs it is not checked. Rows are plain data, so that a
context can be saved and read back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from batchplan.plan.observation import Quotas
from batchplan.plan.parity import Check, Verdict
from batchplan.policy.model import NotLooked

MAX_AGE: Mapping[str, timedelta] = {
    "supported_images": timedelta(days=7),
    "vm_sizes": timedelta(days=7),
    "api_versions": timedelta(days=7),
    "quotas": timedelta(hours=1),
    "location_quotas": timedelta(hours=1),
    "packages": timedelta(hours=1),
    "contents": timedelta(minutes=15),
    "nodes": timedelta(minutes=15),
    "task_counts": timedelta(minutes=15),
    "jobs": timedelta(minutes=15),
}
"""How old each dataset that batchplan reads may be, by name. Keys of rows: quotas and supported_images by account id in lower case,
vm_sizes by location, nodes and jobs by the pool's ARM id in lower case, task_counts by the job's, contents and packages
by account id, location_quotas by subscription and location, api_versions by the name of the provider; parity, which
every plan works out anew, by the pool's: checks of each region that stands ready, by its key."""


BROKEN = frozenset({"unusable", "starttaskfailed", "unknown"})
"""States of nodes that cannot be used."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows by key, and when they were read (UTC)."""

    at: datetime
    rows: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SupportedImage:
    """An image that Batch supports: its reference, its agent, and until when."""

    publisher: str
    offer: str
    sku: str
    node_agent_sku_id: str
    os_type: str
    verification_type: str
    end_of_life: datetime | None
    capabilities: tuple[str, ...] = ()

    def matches(self, publisher: str, offer: str, sku: str) -> bool:
        """Return whether a reference names it."""
        wanted = (publisher.lower(), offer.lower(), sku.lower())
        return (self.publisher.lower(), self.offer.lower(), self.sku.lower()) == wanted


@dataclass(frozen=True, slots=True)
class OfferedSize:
    """A VM size that Batch offers in a region."""

    name: str
    family: str
    cores: int
    capabilities: Mapping[str, str]
    end_of_life: datetime | None


@dataclass(frozen=True, slots=True)
class Nodes:
    """A pool's nodes by state, those with a problem, and the versions of their agents.

    `listed` are the ids and states of nodes with a problem; None where only their number was read.
    """

    by_state: Mapping[str, int]
    listed: tuple[Mapping[str, Any], ...] | None = None
    agents: Mapping[str, int] = field(default_factory=dict)

    @property
    def failures(self) -> tuple[Mapping[str, Any], ...]:
        """The nodes with a problem, by id and state. Raises NotLooked when there are some and they were not listed."""
        if self.listed is None and any(count for name, count in self.by_state.items() if name.lower() in BROKEN):
            raise NotLooked("which of its nodes cannot be used was not read")
        return self.listed or ()

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """All datasets. Each accessor raises NotLooked when its dataset, or the row, was not read."""

    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)

    def row(self, dataset: str, key: str) -> Any:
        """Return one row, as plain data."""
        found = self.datasets.get(dataset)
        if found is None:
            raise NotLooked(f"{dataset} was not read")
        if key.lower() not in found.rows:
            raise NotLooked(f"{dataset} of {key.rpartition('/')[2]} was not read")
        return found.rows[key.lower()]

    def quotas(self, account_id: str) -> Quotas:
        """Return an account's quotas."""
        made: Quotas = self._typed("quotas", account_id, lambda row: Quotas(**row))
        return made

    def supported_images(self, account_id: str) -> tuple[SupportedImage, ...]:
        """Return the images that an account's service supports."""
        made: tuple[SupportedImage, ...] = self._typed(
            "supported_images", account_id, lambda rows: tuple(map(_image, rows))
        )
        return made

    def vm_sizes(self, location: str) -> Mapping[str, OfferedSize]:
        """Return the sizes that Batch offers in a region, by name in lower case."""
        made: Mapping[str, OfferedSize] = self._typed(
            "vm_sizes", location, lambda rows: {row["name"].lower(): _size(row) for row in rows}
        )
        return made

    def nodes(self, pool_id: str) -> Nodes:
        """Return a pool's nodes, by the pool's ARM id."""
        row = self.row("nodes", pool_id)
        listed = tuple(row["failures"]) if "failures" in row else None
        return Nodes(row.get("by_state", {}), listed, row.get("agents", {}))

    def task_counts(self, job_id: str) -> Mapping[str, int]:
        """Return how many tasks of a job are active, running and completed, by the job's id in ARM form."""
        row: Mapping[str, int] = self.row("task_counts", job_id)
        return row

    def jobs_on(self, pool_id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the jobs and schedules that name a pool, managed or not: name, state and schedule.

        `schedule` is True for a schedule, and the name of the schedule that made a job.
        """
        return tuple(self.row("jobs", pool_id))

    def parity(self, pool_id: str) -> Mapping[str, tuple[Check, ...]]:
        """Return what a plan found of each region in which a pool stands ready, by the key of its backup."""
        made: Mapping[str, tuple[Check, ...]] = self._typed(
            "parity", pool_id, lambda row: {key: tuple(map(_check, checks)) for key, checks in row.items()}
        )
        return made

    def _typed(self, dataset: str, key: str, make: Any) -> Any:
        at = (dataset, key.lower())
        if at not in self._made:
            self._made[at] = make(self.row(dataset, key))
        return self._made[at]


def _check(row: Mapping[str, Any]) -> Check:
    verdict, missing = Verdict(row["verdict"]), tuple(row.get("missing", ()))
    return Check(row["name"], verdict, row.get("detail", ""), bool(row.get("coming")), missing)


def _image(row: Mapping[str, Any]) -> SupportedImage:
    return SupportedImage(
        publisher=row["publisher"],
        offer=row["offer"],
        sku=row["sku"],
        node_agent_sku_id=row.get("node_agent_sku_id", ""),
        os_type=row.get("os_type", ""),
        verification_type=row.get("verification_type", ""),
        end_of_life=moment(row.get("batch_support_end_of_life")),
        capabilities=tuple(row.get("capabilities", ())),
    )


def _size(row: Mapping[str, Any]) -> OfferedSize:
    return OfferedSize(
        name=row["name"],
        family=row.get("family_name", ""),
        cores=int(row.get("cores") or 0),
        capabilities=row.get("capabilities", {}),
        end_of_life=moment(row.get("batch_support_end_of_life")),
    )


def moment(text: Any) -> datetime | None:
    """Return a day or a moment in UTC, None when the text names none."""
    if isinstance(text, datetime):
        return text
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
