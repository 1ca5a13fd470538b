"""`import`: an object that exists is put into the state; in Azure nothing changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import batchplan
from batchplan.config.project import Project
from batchplan.core.codes import ALREADY_MANAGED, IMPORT_NOT_FOUND, IMPORT_RETIRED, UNKNOWN_TARGET
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote, account_parts
from batchplan.ops.dropped import dropped_notes
from batchplan.ops.evaluation import Evaluating
from batchplan.ops.importing import generate_config, known_references, reference_to
from batchplan.ops.plan import recovered_state
from batchplan.ops.session import Session
from batchplan.ops.state import current
from batchplan.plan.intents import Adoption
from batchplan.plan.naming import generation_of
from batchplan.plan.observation import Observation
from batchplan.schema.retired import INSTEAD
from batchplan.state.document import Applied, empty, remote_of, with_resource


@dataclass(frozen=True, slots=True)
class Imported:
    """What is said of an object that was taken over: its block, if one was asked for, and what that cannot say."""

    block: str
    notes: tuple[str, ...] = ()


async def import_object(session: Session, project: Project, asked: Adoption, *, generate: bool) -> Imported:
    """Put an object into the state and return, with `generate`, the block that would have made it.

    Raise UserError when there is none, when it is of a kind that the service has retired, when it is in the state
    already, or when nothing declares it and no block is to be generated. The caller holds the lock.
    """
    state = await recovered_state(session)
    for record in state.resources:
        if record.address == str(asked.address) or remote_of(record).key == asked.remote.key:
            detail = f"{record.address} is in the state already, as {remote_of(record).id}."
            raise UserError([Diagnostic(ALREADY_MANAGED, detail)])
    found = await _found(session, asked)
    if not generate and not _is_declared(project, asked):
        detail = (
            f"{asked.address} is not declared. Write its block first, or let it be written: "
            f"batchplan import -generate-config-out=imported.batch.hcl '{asked.address}' ID"
        )
        raise UserError([Diagnostic(UNKNOWN_TARGET, detail)])
    notes = await dropped_notes(session, asked.remote)
    # Only what names it is recorded: what else it has was never batchplan's, so the next plan compares the
    # block with what is live, and takes nothing away that the block does not mention.
    applied = Applied(asked.address, asked.remote, naming(asked.remote))
    changed = with_resource(state, applied).model_copy(update={"serial": state.serial + 1})
    await session.store.write(changed)
    if not generate:
        return Imported("", notes)
    assert project.evaluated is not None, "a project without errors has been evaluated"
    references = known_references(project.evaluated, state) if not asked.address.module else {}
    return Imported(_block(asked, found, references, notes), notes)


async def generated_blocks(session: Session, project: Project) -> Imported:
    """Return the blocks, with notes, of what import blocks take over and nothing declares. Raise UserError, AzureError.

    None is written for modules, nor for instances with keys: of those planning says that they are not declared.
    """
    state = await current(session.store) or empty(batchplan.__version__)
    made = await Evaluating(session, project, state, session.clock.now()).first()
    declared = {instance.address for instance in made.evaluated.instances}
    wanted = [
        one
        for one in made.asked.adoptions
        if one.address not in declared and not one.address.module and one.address.key is None
    ]
    references = known_references(made.evaluated, state) | {
        one.remote.id: reference for one in wanted if (reference := reference_to(one.address)) is not None
    }
    blocks, notes = [], []
    for one in wanted:
        found = await _found(session, one)
        told = await dropped_notes(session, one.remote)
        blocks.append(_block(one, found, references, told))
        notes += [f"{one.address}: {note}" for note in told]
    return Imported("\n".join(blocks), tuple(notes))


async def _found(session: Session, asked: Adoption) -> Observation:
    """Return an object that can be taken over as it is live; raise UserError when there is none, or none that can be."""
    found = await session.reader.read(asked.remote)
    if found is None:
        raise UserError([Diagnostic(IMPORT_NOT_FOUND, f"There is no {asked.remote.id}.", asked.at)])
    if _is_of_cloud_services(asked.remote.kind, found.document):
        detail = f"{asked.remote.id} has no image, and cannot be managed.{INSTEAD['image_reference']}"
        raise UserError([Diagnostic(IMPORT_RETIRED, detail, asked.at)])
    return found


def _block(asked: Adoption, found: Observation, references: Mapping[str, str], notes: Iterable[str]) -> str:
    document = {**naming(asked.remote), **_own(found.document)}
    others = {key: text for key, text in references.items() if key != asked.remote.id}
    block = generate_config(asked.address.kind, asked.address.name, document, others)
    return "".join(f"# {note}\n" for note in notes) + block


def _is_of_cloud_services(kind: str, document: Mapping[str, Any]) -> bool:
    """Whether a pool, or the one that Batch makes for a job, has no image: those of Cloud Services have none."""
    if kind == "pool":
        return "image_reference" not in document
    info = document.get("job_specification", document).get("pool_info") or {}
    auto = info.get("auto_pool_specification")
    return auto is not None and "virtual_machine_configuration" not in auto.get("pool", {})


def naming(remote: Remote) -> dict[str, Any]:
    """Return the arguments that name an object in Azure; a pool's name is its id without a generation."""
    match remote.kind:
        case "account":
            parts = account_parts(remote.account_id)
            return {"name": parts.name, "resource_group_name": parts.resource_group}
        case "application_package":
            application = Remote("application", remote.account_id, remote.name)
            return {"application_id": application.id, "version": remote.version}
        case "pool":
            generation = generation_of(remote.name)
            name = remote.name.removesuffix(f"-{generation}") if generation else remote.name
            return {"account_id": remote.account_id, "name": name or remote.name}
        case _:
            return {"account_id": remote.account_id, "name": remote.name}


def _own(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without the metadata that batchplan writes for itself."""
    made = dict(document)
    if "metadata" in made:
        kept = [entry for entry in made["metadata"] if not str(entry.get("name", "")).startswith("batchplan:")]
        made["metadata"] = kept
        if not kept:
            del made["metadata"]
    return made


def _is_declared(project: Project, asked: Adoption) -> bool:
    assert project.evaluated is not None, "a project without errors has been evaluated"
    return any(instance.address == asked.address for instance in project.evaluated.instances)
