"""Override files: what they say replaces, argument by argument, what the other files declare.

A nested block in an override replaces all nested blocks of its type, except `lifecycle`, `locals` and
the settings block, which are merged argument by argument as well.
"""

from dataclasses import replace

from batchplan.config.decode import header
from batchplan.config.files import ParsedFile
from batchplan.core.codes import INVALID_OVERRIDE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range, Source
from batchplan.lang.nodes import Attribute, Block, Body

MERGED = frozenset({"lifecycle"})


def apply_overrides(files: list[ParsedFile], overrides: list[ParsedFile], diagnostics: Diagnostics) -> list[ParsedFile]:
    """Return the files with the overrides merged in; report an override of what is not there."""
    result = files
    for override in overrides:
        for block in override.body.blocks:
            merged = _merge(result, block, override.source)
            if merged is None:
                at = Range(override.source, block.start, block.header_end)
                detail = f"There is no {header(block)} in the other files, so there is nothing to override."
                diagnostics.error(INVALID_OVERRIDE, detail, at)
            else:
                result = merged
    return result


def _same(left: Block, right: Block) -> bool:
    if left.type != right.type or [a.value for a in left.labels] != [b.value for b in right.labels]:
        return False
    return left.type != "provider" or _alias(left) == _alias(right)


def _alias(block: Block) -> object:
    found = block.body.attributes.get("alias")
    return getattr(found.expression, "value", None) if found is not None else None


def _merge(files: list[ParsedFile], block: Block, source: Source) -> list[ParsedFile] | None:
    if block.type == "locals":
        return _merge_locals(files, block, source)
    for number, file in enumerate(files):
        for at, original in enumerate(file.body.blocks):
            if _same(original, block):
                merged = _merged_block(original, block, source)
                blocks = [*file.body.blocks[:at], merged, *file.body.blocks[at + 1 :]]
                return _with_body(files, number, blocks)
    return None


def _with_body(files: list[ParsedFile], number: int, blocks: list[Block]) -> list[ParsedFile]:
    file = files[number]
    body = replace(file.body, blocks=blocks)
    return [*files[:number], ParsedFile(file.source, body), *files[number + 1 :]]


def _merge_locals(files: list[ParsedFile], block: Block, source: Source) -> list[ParsedFile] | None:
    result = files
    for name, attribute in block.body.attributes.items():
        moved = replace(attribute, origin=source)
        found = False
        for number, file in enumerate(result):
            for at, original in enumerate(file.body.blocks):
                if original.type == "locals" and name in original.body.attributes:
                    attributes = {**original.body.attributes, name: moved}
                    changed = replace(original, body=replace(original.body, attributes=attributes))
                    blocks = [*file.body.blocks[:at], changed, *file.body.blocks[at + 1 :]]
                    result = _with_body(result, number, blocks)
                    found = True
        if not found:
            return None
    return result


def _merged_block(original: Block, override: Block, source: Source) -> Block:
    attributes: dict[str, Attribute] = dict(original.body.attributes)
    for name, attribute in override.body.attributes.items():
        attributes[name] = replace(attribute, origin=attribute.origin or source)
    replaced = {block.type for block in override.body.blocks}
    blocks = [block for block in original.body.blocks if block.type not in replaced]
    for block in override.body.blocks:
        moved = replace(block, origin=block.origin or source)
        base = next((old for old in original.body.blocks if old.type == block.type), None)
        if block.type in MERGED and base is not None:
            moved = _merged_block(base, block, source)
        blocks.append(moved)
    return replace(original, body=Body(attributes, blocks, original.body.start, original.body.end))
