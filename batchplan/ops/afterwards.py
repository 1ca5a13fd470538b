"""What a plan becomes once some of it is done: Azure tells what could not be known before."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from batchplan.config.project import Project
from batchplan.config.typed import SchemaKinds
from batchplan.core.remote import Remote
from batchplan.ops.declared import declared, told_by_azure
from batchplan.ops.evaluation import evaluated, evaluated_of, stop_at_errors
from batchplan.ops.lookup import with_data
from batchplan.ops.outputvalues import output_records
from batchplan.ops.plan import Planned
from batchplan.ops.session import Session
from batchplan.plan.observation import Observation
from batchplan.state.model import OutputRecord


async def outputs_after(session: Session, planned: Planned) -> Mapping[str, OutputRecord]:
    """Return the outputs after a complete run: those that were not known when planning are known now."""
    if all(one.known for one in planned.changes.outputs) or planned.project is None:
        return planned.outputs
    observed = await session.reader.observe({one.remote for one in planned.desired})
    final, _ = await _told(session, planned, planned.project, observed)
    return output_records(evaluated_of(final), planned.state.secret_key)


async def known_now(session: Session, planned: Planned, made: Collection[Remote]) -> Planned:
    """Return a plan over what is live by now of some objects, evaluated anew with what Azure tells of them.

    Its changes and steps stay what they are. Raise AzureError, UserError.
    """
    observed = {**planned.observed, **await session.reader.observe(set(made))}
    if planned.project is None or planned.options.destroy:
        return replace(planned, observed=observed)
    project, kinds = await _told(session, planned, planned.project, observed)
    desired = declared(project, kinds, session, planned.state).objects
    return replace(planned, observed=observed, desired=desired, project=project)


async def _told(
    session: Session, planned: Planned, project: Project, observed: Mapping[Remote, Observation | None]
) -> tuple[Project, SchemaKinds]:
    kinds = SchemaKinds(
        subscription_id=session.subscription,
        endpoint_suffix=session.endpoint_suffix,
        pool_ids=planned.pool_ids,
        attributes=told_by_azure(planned.desired, observed),
    )
    made, kinds = await with_data(session, await evaluated(project, kinds), kinds)
    stop_at_errors(made.diagnostics)
    return made, kinds
