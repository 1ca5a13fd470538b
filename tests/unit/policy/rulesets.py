"""Projects with a verdict: what a reader of Microsoft's page says of them, written before any rule was asked.

A file holds YAML, and then the files of a project, each below `-- name --`:

    says: what this deployment is, and what is wrong with it
    expect: [BP1002 pool.render, BP9001 ""]
    live: {…}
    -- main.batch.hcl --
    pool "render" { … }

`expect` names the rule and the object of each fault, "" for the plan as a whole; notes may be left out. The other keys
are those of `rulecases.Header`; `baseline` holds what a baseline does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from rulecases import LISTS, Header, context_of_project, evaluated_in

from batchplan.core.diagnostics import Diagnostics
from batchplan.policy.context import Baselined
from batchplan.policy.judge import Judged, judged
from batchplan.policy.load import load_policy
from batchplan.policy.model import Phase
from batchplan.policy.suppressions import suppressed_in

FOLDER = Path(__file__).parent / "sets"
_FILE = re.compile(r"(?m)^-- (\S+) --\n")

Pair = tuple[str, str]
"""A rule's id, and the address of an object; empty for the plan as a whole."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A project, and what is expected of it."""

    name: str
    says: str
    expect: frozenset[Pair]
    header: Header
    files: dict[str, str]
    baseline: tuple[Baselined, ...] = ()


def labelled(kind: str) -> Iterator[Labelled]:
    """Yield the projects of a kind: `bad` or `good`."""
    for path in sorted((FOLDER / kind).rglob("*.txtar")):
        head, *parts = _FILE.split(path.read_text(encoding="utf-8"))
        told = yaml.safe_load(head)
        says, expect = told.pop("says"), told.pop("expect", [])
        baseline = tuple(Baselined(**one) for one in told.pop("baseline", []))
        lists = {name: tuple(told.pop(name)) for name in LISTS if name in told}
        yield Labelled(
            path.relative_to(FOLDER).with_suffix("").as_posix(),
            says,
            frozenset(_pair(one) for one in expect),
            Header(**told, **lists),
            dict(zip(parts[::2], parts[1::2], strict=True)),
            baseline,
        )


def _pair(text: str) -> Pair:
    rule, _, address = text.partition(" ")
    return rule, address if address != '""' else ""


def found_in(project: Labelled, folder: Path) -> list[Judged]:
    """Return what policy finds open in a project, whose files are written into a folder; no rule fails inside."""
    for name, content in project.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    evaluated, kinds = evaluated_in(folder)
    context = context_of_project(evaluated, kinds, project.header)
    diagnostics = Diagnostics()
    policy = load_policy(evaluated, diagnostics, plugins=False)
    assert not diagnostics.has_errors, "\n".join(map(str, diagnostics))
    context = replace(
        context,
        suppressed=(*suppressed_in(context.subjects), *policy.blocks.suppressed),
        mentions=policy.blocks.mentions,
        baseline=project.baseline,
    )
    judgement = judged(context, policy.rules, policy.chosen, [*Phase])
    assert not [one.reason for one in judgement.verdicts if one.internal]
    return list(judgement.open)
