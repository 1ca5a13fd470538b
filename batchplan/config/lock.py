"""The lock file: which commit of each module source counts, and what its files must be."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from batchplan.config.blocks import BlockReader, labels_fit
from batchplan.config.files import parse_source, read_source
from batchplan.core.codes import UNKNOWN_BLOCK
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.lang.jsonsyntax import BodySchema
from batchplan.lang.values import quoted

LOCK_FILE = ".batchplan.lock.hcl"

_HEADER = """\
# Written by "batchplan init". Keep it in version control, so that everyone gets the same modules.
"""


@dataclass(frozen=True, slots=True)
class LockedModule:
    """What a source is pinned to: a commit (or the batchplan version) and the hash of the files."""

    revision: str
    hash: str


def read_lock(root: Path, diagnostics: Diagnostics) -> dict[str, LockedModule]:
    """Return what is pinned, by source text; report a damaged file."""
    path = root / LOCK_FILE
    if not path.exists():
        return {}
    source = read_source(path, LOCK_FILE, diagnostics)
    parsed = parse_source(source, BodySchema(), diagnostics) if source is not None else None
    made: dict[str, LockedModule] = {}
    for block in parsed.body.blocks if parsed is not None else ():
        assert source is not None
        if block.type != "module":
            at = Range(source, block.start, block.header_end)
            diagnostics.error(UNKNOWN_BLOCK, "A lock file holds module blocks only.", at)
        elif labels_fit(block, source, ("source",), diagnostics):
            reader = BlockReader(block, source, diagnostics)
            revision, digest = reader.text("revision"), reader.text("hash")
            reader.finish()
            if revision is not None and digest is not None:
                made[block.labels[0].value] = LockedModule(revision, digest)
    return made


def lock_text(modules: Mapping[str, LockedModule]) -> str:
    """Return the text of a lock file."""
    blocks = [
        f"\nmodule {quoted(source)} {{\n  revision = {quoted(one.revision)}\n  hash     = {quoted(one.hash)}\n}}\n"
        for source, one in sorted(modules.items())
    ]
    return _HEADER + "".join(blocks)


def folder_hash(folder: Path) -> str:
    """Return a hash of all files below a folder: names and contents, but no dates and nothing of git's.

    It is the `h1:` hash of Go's modules: SHA-256 over the sorted lines `sha256  name`.
    """
    lines = []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_file() and ".git" not in relative.parts:
            lines.append((relative.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()))
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(lines))
    return "h1:" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
