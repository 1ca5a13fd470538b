"""Reference pages of the rules, a page for each family, and the page that says what honours each practice.

They are in `docs/policy/`, and a test keeps them as this module writes them. Examples come from the cases that prove
the rules, so they cannot rot.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from typing import Any

from batchplan.policy.explain import literal
from batchplan.policy.model import FAMILIES, Level, Rule, Setting
from batchplan.policy.sets import built_in_sets, chosen


@dataclass(frozen=True, slots=True)
class Example:
    """Two snippets of HCL: one that the rule complains about, and one that it does not; empty where there is none."""

    bad: str = ""
    good: str = ""


@dataclass(frozen=True, slots=True)
class Firing:
    """How often a rule complains about public deployments that nobody of us wrote."""

    objects: int
    of: int
    deployments: int
    of_deployments: int

    @property
    def share(self) -> str:
        """In how many of the objects that it is about a rule finds something: `22 of 63`."""
        return f"{self.objects} of {self.of}"

    def __str__(self) -> str:
        if not self.of:
            return "None of the public deployments has anything that it is about."
        share = round(100 * self.objects / self.of)
        return (
            f"It finds {self.objects} of {self.of} objects that it is about ({share} %), in {self.deployments} of "
            f"{self.of_deployments} public deployments."
        )


def family_page(
    family: str, rules: Iterable[Rule], examples: Mapping[str, Example], firing: Mapping[str, Firing]
) -> str:
    """Return the page of a family, by its name such as NODE."""
    listed = sorted((one for one in rules if one.family == family), key=lambda one: one.id)
    sets = {name: chosen(name, built_in_sets(), listed) for name in built_in_sets()}
    parts = [f"# {family}\n\n{_about(family)}\n\n{_SETS}\n"]
    parts.append(f"| rule | | severity | asked | {' | '.join(sets)} | found |\n{'|---' * (5 + len(sets))}|\n")
    for one in listed:
        levels = " | ".join(_setting(one, made.settings[one.id]) for made in sets.values())
        share = firing[one.id].share if one.id in firing else ""
        link = f"[{one.id}](#{anchor(one)})"
        parts.append(f"| {link} | {one.title} | {one.severity.word} | {one.phase} | {levels} | {share} |\n")
    parts += [_rule(one, examples.get(one.id, Example()), firing.get(one.id)) for one in listed]
    return "".join(parts)


_SETS = (
    "The level of each rule in each policy set, with its severity where a set changes it. Errors of soft and hard rules "
    "stop an apply, in `strict` and `regulated` warnings as well. Found: in how many of the objects of public deployments, "
    "for rules that need nothing but a configuration.\n"
)


def _setting(rule: Rule, setting: Setting) -> str:
    if setting.level is Level.OFF or setting.severity in (None, rule.severity):
        return setting.level.word
    return f"{setting.level.word}, {setting.severity.word}"


def anchor(rule: Rule) -> str:
    """Return the anchor of a rule's heading, as GitHub makes it."""
    kept = "".join(letter for letter in f"{rule.id} {rule.title}".lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _about(family: str) -> str:
    text = import_module(f"batchplan.policy.rules.{family.lower()}").__doc__ or ""
    return text.strip()


_UNCOUNTED = "Not counted over public deployments: it looks at more than a configuration."


def _rule(rule: Rule, example: Example, firing: Firing | None) -> str:
    about = ", ".join(f"`{kind}`" for kind in rule.kinds) or "the plan as a whole"
    lines = [f"\n## {rule.id} {rule.title}\n", f"`{rule.fault}`: {rule.summary}\n"]
    lines.append(f"Level {rule.level.word}, severity {rule.severity.word}; about {about}; since {rule.since}.\n")
    for title, text in (("Why", rule.why), ("Instead", rule.instead), ("Exceptions", rule.exceptions)):
        lines += [f"**{title}.** {text}\n"] if text else []
    for title, text in (("Found", example.bad), ("Not found", example.good)):
        lines += [f"{title}:\n\n```hcl\n{text.strip()}\n```\n"] if text.strip() else []
    if rule.params:
        lines.append("| parameter | default | |\n|---|---|---|")
        lines += [f"| `{one.name}` | `{literal(one.default)}` | {one.text} |" for one in rule.params]
        lines.append("")
    lines += [f"Reads {', '.join(rule.inputs)}.\n"] if rule.inputs else []
    lines.append(f"{firing if firing is not None else _UNCOUNTED}\n")
    lines.append(f"**Source.** {rule.source}\n")
    return "\n".join(lines)


def index_page(rules: Sequence[Rule]) -> str:
    """Return the page that lists the families."""
    lines = ["# Rules of policy\n", "How they are applied, suppressed and written: [Policy](../policy.md).\n"]
    lines.append("| family | ids | rules | about |\n|---|---|---|---|")
    for digits, family in FAMILIES.items():
        count = sum(one.family == family for one in rules)
        if count:
            page = f"[{family}]({family.lower()}.md)"
            lines.append(f"| {page} | BP{digits}xx | {count} | {_about(family)} |")
    lines.append("\nEach statement of Microsoft's best practices, with what honours it: [Coverage](coverage.md).\n")
    return "\n".join(lines)


@cache
def practices() -> tuple[Mapping[str, Any], ...]:
    """Return the statements of Microsoft's page with what honours each."""
    text = resources.files("batchplan.policy").joinpath("data", "practices.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["rows"])


_ABOUT = (
    'The statements of "Azure Batch best practices" (Microsoft Learn, text of 12 October 2023) in our words, and what '
    "honours each.\n"
)


def coverage_page(rules: Sequence[Rule]) -> str:
    """Return the page with all statements."""
    known = {one.id: one for one in rules}
    lines = [
        "# Coverage of Microsoft's best practices\n",
        _ABOUT,
        "| | section | what it says | what honours it |\n|---|---|---|---|",
    ]
    lines += [
        f"| {row['id']} | {row['section']} | {_cell(row['says'])} | {_honoured(row, known)} |" for row in practices()
    ]
    return "\n".join(lines) + "\n"


def _honoured(row: Mapping[str, Any], known: Mapping[str, Rule]) -> str:
    if "nothing" in row:
        return _cell(f"({row['nothing']})")
    links = [_link(one, known) for one in row.get("rules", ())]
    present = {rule.family for rule in known.values()}
    named = [FAMILIES[one] for one in row.get("families", ())]
    links += [f"[{name}]({name.lower()}.md)" if name in present else name for name in named]
    links += [f"[{name.removesuffix('.md')}](../{name})" for name in row.get("docs", ())]
    links += [f"module `{name}`" for name in row.get("modules", ())]
    tests = ", ".join(f"`{one}`" for one in row.get("tests", ()))
    told = f"{_cell(row['honoured'])} {', '.join(links)}".strip()
    return f"{told}<br>Proved by {tests}" if tests else told


def _link(id_: str, known: Mapping[str, Rule]) -> str:
    rule = known[id_]
    return f"[{id_}]({rule.family.lower()}.md#{anchor(rule)})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
