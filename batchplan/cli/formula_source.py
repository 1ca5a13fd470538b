"""Where a formula comes from: a file, standard input, or an object of the configuration in this folder."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchplan.cli.formula_input import fail, read

if TYPE_CHECKING:
    from batchplan.config.bodies import BodyValue
    from batchplan.config.evaluate import Instance
    from batchplan.config.project import Project
    from batchplan.core.address import Address
    from batchplan.core.source import Range
    from batchplan.plan.observation import Quotas

_SPECIFICATION = ("pool_info", "auto_pool_specification", "pool")
_BLOCKS = {
    "pool": (("auto_scale",), "formula"),
    "job": (_SPECIFICATION, "auto_scale_formula"),
    "job_schedule": (("job_specification", *_SPECIFICATION), "auto_scale_formula"),
}
"""For each kind of object that can have a formula the blocks around it, and its argument."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A formula, and for one of the configuration its object, the size of its nodes, and where it is written."""

    text: str
    address: "Address | None" = None
    vm_size: str | None = None
    at: "Range | None" = None
    project: "Project | None" = None

    def place(self, line: int) -> tuple[str, int] | None:
        """Return file and line in the configuration of a line of the formula; None when its text is not written there.

        The lines of a heredoc are those of the formula, unless an interpolation brings lines of its own.
        """
        if self.at is None:
            return None
        name, first = self.at.source.name, self.at.first.line
        written = self.at.text
        if written.startswith('"'):
            return name, first
        heredoc = re.match(r"<<-?(\w+)\r?\n", written)
        if heredoc is None:
            return None
        body = written[heredoc.end() :].splitlines()
        end = next((at for at, text in enumerate(body) if text.strip() == heredoc[1]), len(body))
        return (name, first + line) if end == len(self.text.rstrip("\n").split("\n")) else None


def subject(given: str, values: Sequence[str] = (), files: Sequence[str] = ()) -> Subject:
    """Return the formula of a file, of standard input for -, or of an object such as pool.main.

    A file of that name comes first. Raise UserError when the configuration has errors elsewhere.
    """
    from batchplan.core.address import AddressError, parse_address

    if given != "-" and not Path(given).exists():
        try:
            address = parse_address(given)
        except AddressError:
            return Subject(read(given))
        if address.kind in _BLOCKS and not address.data:
            return _declared(address, values, files)
    return Subject(read(given))


def _declared(address: "Address", values: Sequence[str], files: Sequence[str]) -> Subject:
    from batchplan.cli.options import open_project
    from batchplan.config.reading import plain
    from batchplan.core.diagnostics import Severity, UserError

    project = open_project(values, files)
    if project.evaluated is None:
        raise UserError(project.diagnostics.items)
    instance = _instance(address, project)
    blocks, name = _BLOCKS[instance.address.kind]
    body = _inside(instance.body, blocks)
    at = body.range_of(name) if body is not None and name in body.values else None
    errors = [one for one in project.diagnostics if one.severity is Severity.ERROR and (at is None or one.at != at)]
    if errors:
        raise UserError(errors)
    if body is None or at is None:
        fail(f"{instance.address} has no formula: there is no {'.'.join((*blocks, name))} in it")
    text = plain(body.values[name])
    if not isinstance(text, str):
        fail(f"the formula of {instance.address} is not known before apply")
    size = plain((instance.body if blocks == ("auto_scale",) else body).values["vm_size"])
    return Subject(text, instance.address, size if isinstance(size, str) else None, at, project)


def _instance(address: "Address", project: "Project") -> "Instance":
    from batchplan.core.suggest import did_you_mean
    from batchplan.plan.selection import matches

    assert project.evaluated is not None, "the caller has looked"
    listed = [one for one in project.evaluated.instances if not one.resource.data]
    found = [one for one in listed if matches(address, one.address)]
    if not found:
        names = [str(one.address) for one in listed if one.address.kind in _BLOCKS]
        fail(f"there is neither a file nor an object {address} here.{did_you_mean(str(address), names)}")
    if len(found) > 1:
        fail(f"{address} has several instances; say which: {', '.join(str(one.address) for one in found)}")
    return found[0]


def _inside(body: "BodyValue", blocks: Sequence[str]) -> "BodyValue | None":
    for name in blocks:
        found = body.of_type(name)
        if not found:
            return None
        body = found[0].body
    return body


def live_quotas(of: Subject, *, emulator: bool) -> "Quotas":
    """Return the quotas of the account that an object is in; raise UserError when Azure does not tell them."""
    from batchplan import __version__
    from batchplan.cli.planning import in_session
    from batchplan.ops.declared import declared_with
    from batchplan.ops.session import Session
    from batchplan.state.document import empty

    project, address = of.project, of.address
    if project is None or address is None:
        fail("-live asks for the quota of an account: name an object of the configuration, such as pool.main")

    async def work(session: Session) -> "Quotas":
        whole = declared_with(session, project, {}, empty(__version__))
        found = next(one for one in whole.objects if one.address == address)
        return await session.reader.quotas(found.remote.account_id)

    return in_session(work, project, emulator=emulator)
