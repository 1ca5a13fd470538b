"""Which files belong to a module, and what is in them."""

from dataclasses import dataclass
from pathlib import Path

from batchplan.config.declarations import KINDS
from batchplan.config.filenames import JSON, NATIVE
from batchplan.core.codes import FILE_TOO_LARGE, INVALID_ENCODING, NO_CONFIGURATION, UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range, Source
from batchplan.lang.jsonsyntax import BlockSpec, BodySchema, body_of, parse_json
from batchplan.lang.nodes import Body
from batchplan.lang.parse import parse_file

MAX_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file's text and tree."""

    source: Source
    body: Body


def no_configuration(folder: str, diagnostics: Diagnostics, at: Range | None = None) -> None:
    """Report a folder without configuration files; `at` is where a module names it."""
    advice = "Choose another one with -chdir=DIR." if at is None else "A module needs at least one."
    detail = f'There is no *{NATIVE} or *{JSON} file in "{folder}". {advice}'
    diagnostics.error(NO_CONFIGURATION, detail, at)


def read_source(path: Path, name: str, diagnostics: Diagnostics, *, piped: bool = False) -> Source | None:
    """Return a text file, or None when it cannot be used (reported). `name` is how people know it.

    Only with `piped` may it be a pipe, which one may have to wait for.
    """
    try:
        if path.is_dir():
            detail = f'"{name}" is a folder, where a file is expected. Rename it, or remove it.'
            diagnostics.error(UNREADABLE_FILE, detail)
            return None
        if path.exists() and not path.is_file() and not piped:
            detail = f'"{name}" is no ordinary file but a pipe or a device. Rename it, or remove it.'
            diagnostics.error(UNREADABLE_FILE, detail)
            return None
        if path.stat().st_size > MAX_BYTES:
            detail = f'"{name}" has more than {MAX_BYTES >> 20} MiB. Split it into several files.'
            diagnostics.error(FILE_TOO_LARGE, detail)
            return None
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        diagnostics.error(UNREADABLE_FILE, f'"{name}" cannot be read: {reason}.')
        return None
    return decode_text(data, name, diagnostics)


def decode_text(data: bytes, name: str, diagnostics: Diagnostics) -> Source | None:
    """Return bytes as a source; report the place of the first byte that is not UTF-8."""
    try:
        return Source(name, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        source = Source(name, data.decode("utf-8", "replace"))
        at = Range(source, len(before), len(before) + 1)
        hint = " It looks like UTF-16." if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        detail = f"The byte 0x{data[error.start]:02X} here is not UTF-8.{hint} Save the file as UTF-8."
        diagnostics.error(INVALID_ENCODING, detail, at)
        return None


def parse_source(source: Source, schema: BodySchema, diagnostics: Diagnostics) -> ParsedFile | None:
    """Return the tree of a file in native syntax or, by its name, in JSON; None when nothing of it can be used."""
    if source.name.endswith(".json"):
        value, faults = parse_json(source)
        diagnostics.extend(faults)
        if value is None:
            return None
        body, faults = body_of(source, value, schema)
    else:
        body, faults = parse_file(source)
    diagnostics.extend(faults)
    return ParsedFile(source, body)


_CONDITION = {"condition": BlockSpec()}
_LIFECYCLE = BlockSpec(body=BodySchema({"precondition": BlockSpec(), "postcondition": BlockSpec()}))
_RESOURCE = BodySchema(
    {"lifecycle": _LIFECYCLE, "dynamic": BlockSpec(labels=1, body=BodySchema({"content": BlockSpec()}))}
)


def module_schema(kinds: dict[str, BodySchema]) -> BodySchema:
    """Return which members of a JSON configuration file are blocks. `kinds` has the resource kinds' bodies."""
    blocks = {
        "batchplan": BlockSpec(body=BodySchema({"backend": BlockSpec(labels=1)})),
        "provider": BlockSpec(labels=1),
        "variable": BlockSpec(labels=1, body=BodySchema({"validation": BlockSpec()})),
        "locals": BlockSpec(),
        "output": BlockSpec(labels=1, body=BodySchema({"precondition": BlockSpec()})),
        "module": BlockSpec(labels=1),
        "data": BlockSpec(labels=2, body=_RESOURCE),
        "check": BlockSpec(
            labels=1, body=BodySchema({"assert": BlockSpec(), "data": BlockSpec(labels=2, body=_RESOURCE)})
        ),
        "moved": BlockSpec(),
        "removed": BlockSpec(body=BodySchema({"lifecycle": BlockSpec()})),
        "import": BlockSpec(),
        "policy": BlockSpec(labels=1, body=BodySchema({"test": BlockSpec(labels=1)})),
        "policy_set": BlockSpec(labels=1, body=BodySchema({"rule": BlockSpec(labels=1)})),
        "suppress": BlockSpec(labels=1),
    }
    for kind in KINDS:
        known = kinds[kind].blocks if kind in kinds else {}
        blocks[kind] = BlockSpec(labels=1, body=BodySchema({**_RESOURCE.blocks, **known}))
    return BodySchema(blocks)
