"""Looking up what data blocks ask for, while planning."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from batchplan.config.evaluate import Evaluated, Instance
from batchplan.config.graph import Node
from batchplan.config.project import Project
from batchplan.config.typed import SchemaKinds
from batchplan.core.codes import AZURE_NOT_FOUND
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.ops.session import Session
from batchplan.ports import NotFound
from batchplan.schema.document import UNKNOWN, leaf_values, reveal

ROUNDS = 8
"""A data block may use what another one found, and so on; each round finds what the last one made known."""


async def with_data(session: Session, project: Project, kinds: SchemaKinds) -> tuple[Project, SchemaKinds]:
    """Return a project evaluated with what its data blocks find, and the kinds that know it.

    The project has been evaluated with the kinds it comes with; without data blocks both are returned as they are.
    A block whose arguments are not known yet, or which asks for something that the plan itself will
    make, finds nothing now: its attributes stay unknown. Raise UserError for what is not there, or AzureError.
    """
    assert project.root is not None, "a project without errors has been loaded"
    if not any(resource.data for node in project.root.walk() for resource in node.module.resources.values()):
        return project, kinds
    found: dict[str, Mapping[str, Any]] = dict(kinds.attributes)
    asked: set[str] = set(found)
    for _ in range(ROUNDS):
        evaluated = project.evaluated
        assert evaluated is not None, "a project without errors has been evaluated"
        before = len(asked)
        for instance in evaluated.instances:
            name = str(instance.address)
            if instance.resource.data and instance.known and name not in asked:
                await _look_up(session, evaluated, instance, kinds, found, asked)
        if len(asked) == before:
            break
        kinds = replace(kinds, attributes=dict(found), _read={})
        project = project.evaluated_with(kinds)
    return project, kinds


async def _look_up(
    session: Session,
    evaluated: Evaluated,
    instance: Instance,
    kinds: SchemaKinds,
    found: dict[str, Mapping[str, Any]],
    asked: set[str],
) -> None:
    document, _ = kinds.document_of(instance.resource, instance.body)
    if any(value is UNKNOWN for value in leaf_values(document)):
        return
    name = str(instance.address)
    asked.add(name)
    arguments = {key: reveal(value) for key, value in document.items()}
    try:
        found[name] = await session.reader.look_up(instance.address.kind, arguments)
    except NotFound as error:
        static = tuple(step.name for step in instance.address.module)
        node = Node(static, "resource", instance.resource.address)
        if any(not needed.name.startswith("data.") for needed in evaluated.needed_blocks(node)):
            return  # it may be there once what it refers to has been made
        detail = f"{error.message[0].upper()}{error.message[1:]}. A data block reads what exists before planning."
        at = instance.resource.at
        raise UserError([Diagnostic(AZURE_NOT_FOUND, detail, at, address=name)]) from None
