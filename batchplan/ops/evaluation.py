"""Evaluating a configuration for a plan: knowing the ids of its pools, which takes knowing their names first."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from batchplan.config.evaluate import Evaluated
from batchplan.config.project import Project
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import Address
from batchplan.core.diagnostics import Diagnostics, UserError
from batchplan.core.remote import Remote
from batchplan.ops.lookup import with_data
from batchplan.ops.session import Session
from batchplan.plan.change import Document
from batchplan.plan.desired import pool_ids, successor_ids
from batchplan.plan.intents import Intents, intents
from batchplan.state.model import StateDocument

Attributes = Mapping[str, Mapping[str, Any]]
"""What Azure has computed, such as an account's endpoint, by address."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A configuration evaluated, what it was evaluated with, and what its moves, removals and imports ask for."""

    project: Project
    kinds: SchemaKinds
    asked: Intents

    @property
    def evaluated(self) -> Evaluated:
        """Everything evaluated."""
        return evaluated_of(self.project)


@dataclass(frozen=True, slots=True)
class Evaluating:
    """What a plan evaluates its configuration with.

    `adopt` are imports that a command asks for, `given` ids of pools that one goes back to.
    """

    session: Session
    project: Project
    state: StateDocument
    now: datetime
    adopt: Intents | None = None
    given: Mapping[Address, str] = field(default_factory=dict)

    async def first(self) -> Evaluation:
        """Return the configuration evaluated; raise UserError.

        Most pools have the ids that the state knows. They are taken for granted, so that one evaluation is
        enough, until it tells of a pool that is new, renamed, moved or imported.
        """
        return await self._with_ids(await self._begun({}, self._recorded_ids()))

    async def told(self, before: Evaluation, attributes: Attributes) -> Evaluation:
        """Return the configuration evaluated with what Azure has told; raise UserError."""
        return await self._with_ids(await self._begun({**before.kinds.attributes, **attributes}, before.kinds.pool_ids))

    def successors(self, before: Evaluation, documents: Mapping[Address, Document]) -> dict[Address, str]:
        """Return the ids of the next generations of pools that are replaced, by what is wanted of each."""
        return successor_ids(before.evaluated, self.state, self.now, documents)

    def anew(self, before: Evaluation, ids: Mapping[Address, str]) -> Evaluation:
        """Return the configuration evaluated with other ids for some pools; raise UserError."""
        return self._named(before, {**self.given, **ids})

    def _recorded_ids(self) -> dict[str, str]:
        known = {one.address: one.remote.name for one in self.state.resources if one.remote.kind == "pool"}
        return known | {str(address): name for address, name in self.given.items()}

    async def _begun(self, attributes: Attributes, ids: Mapping[str, str]) -> tuple[Project, SchemaKinds]:
        kinds = SchemaKinds(
            subscription_id=self.session.subscription,
            endpoint_suffix=self.session.endpoint_suffix,
            attributes=dict(attributes),
            pool_ids=ids,
        )
        made = await evaluated(self.project, kinds)
        if made.diagnostics.has_errors and ids:
            # An id that was taken for granted may be the reason, if its pool is to get another one.
            kinds = replace(kinds, pool_ids={}, _read={})
            made = await evaluated(self.project, kinds)
        stop_at_errors(made.diagnostics)
        return made, kinds

    async def _with_ids(self, begun: tuple[Project, SchemaKinds]) -> Evaluation:
        made, kinds = await with_data(self.session, *begun)
        stop_at_errors(made.diagnostics)
        asked = intents(evaluated_of(made), made.diagnostics)
        stop_at_errors(made.diagnostics)
        if self.adopt is not None:
            asked = replace(asked, adoptions=(*asked.adoptions, *self.adopt.adoptions))
        return self._named(Evaluation(made, kinds, asked), self.given)

    def _named(self, before: Evaluation, given: Mapping[Address, str]) -> Evaluation:
        """Return the configuration evaluated with the ids that its pools have, if those were not known before."""
        adopted: dict[Address, Remote] = {one.address: one.remote for one in before.asked.adoptions}
        ids = pool_ids(before.evaluated, before.kinds, self.state, self.now, adopted, given)
        if all(before.kinds.pool_ids.get(address) == name for address, name in ids.items()):
            return replace(before, kinds=replace(before.kinds, pool_ids=ids))
        kinds = replace(before.kinds, pool_ids=ids, _read={})
        made = self.project.evaluated_with(kinds)
        stop_at_errors(made.diagnostics)
        return Evaluation(made, kinds, before.asked)


async def evaluated(project: Project, kinds: SchemaKinds) -> Project:
    """Return a project evaluated, in a thread of its own: calls to Azure go on while it takes seconds."""
    return await asyncio.to_thread(project.evaluated_with, kinds)


def evaluated_of(project: Project) -> Evaluated:
    """Return a project without errors as evaluated."""
    assert project.evaluated is not None, "a project without errors has been evaluated"
    return project.evaluated


def stop_at_errors(diagnostics: Diagnostics) -> None:
    """Raise UserError when there are errors."""
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
