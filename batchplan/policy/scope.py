"""What a rule is handed beside its subject: the context, and the rule's own parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from batchplan.core.remote import Remote
from batchplan.policy.context import Context, PlannedStep, StateSummary
from batchplan.policy.live import Live
from batchplan.policy.model import Param
from batchplan.policy.subject import Subject

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """One rule's sight of a context. `params` are those that a policy set has changed."""

    context: Context
    params: Mapping[str, Any]

    def param(self, param: Param[T]) -> T:
        """Return the value of a parameter of the rule."""
        value: T = self.params.get(param.name, param.default)
        return value

    @property
    def as_of(self) -> date:
        """The day that dates are compared with."""
        return self.context.as_of

    @property
    def live(self) -> Live:
        """What was read of Azure."""
        return self.context.live

    @property
    def state(self) -> StateSummary:
        """What the state remembers."""
        return self.context.state

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """The steps of the plan."""
        return self.context.steps

    def days_until(self, moment: datetime | date) -> int:
        """Return how many days there are to a moment; negative when it is over."""
        day = moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
        return (day - self.context.as_of).days

    def pools(self) -> tuple[Subject, ...]:
        """Return the pools, those that go included."""
        return self.context.of_kind("pool")

    def of_kind(self, kind: str) -> tuple[Subject, ...]:
        """Return the objects of a kind, those that go included."""
        return self.context.of_kind(kind)

    def account_of(self, subject: Subject) -> Subject | None:
        """Return the account that an object is in; None when it is not in this configuration."""
        return self.context.account_of(subject)

    def in_account(self, account: Subject, kind: str) -> tuple[Subject, ...]:
        """Return the objects of a kind in an account."""
        return self.context.in_account(account, kind)

    def jobs_of(self, pool: Subject) -> tuple[Subject, ...]:
        """Return the declared jobs and schedules that run on a pool."""
        return self.context.jobs_of(pool)

    def pool_of(self, job: Subject) -> Subject | None:
        """Return the declared pool that a job or schedule runs on."""
        return self.context.pool_of(job)

    def once(self, make: Callable[[Context], T]) -> T:
        """Return what a function makes of the context, made once for all subjects and rules."""
        return self.context.once(make)

    def steps_on(self, remote: Remote) -> tuple[PlannedStep, ...]:
        """Return the steps of the plan that act on an object in Azure."""
        return self.context.steps_on(remote)
