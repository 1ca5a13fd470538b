"""Cases of rules: a file a rule, snippets of HCL split by `---`, each headed by the outcome that is expected.

    # fail: tasks need not wait
    # as_of: 2026-11-22
    pool "p" {
      start_task { command_line = "x" }
    }

The first comment is `# <outcome>: <title>`. Comments right below it are YAML: what the configuration alone cannot say
(`Header` lists it). What a block requires and does not say is filled in, and `account "west"` and `local.unknown`, a
text that is known only after apply, are there. An outcome that a rule cannot have is named above the first case, with
the reason: `# no unknown: actions are always known`.
"""

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from batchplan.config.evaluate import Evaluated
from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import parse_address
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.core.source import Source
from batchplan.lang.nodes import Block
from batchplan.lang.parse import parse_file
from batchplan.plan.change import Action, Cause, Change, FieldChange
from batchplan.plan.desired import DesiredObject, Identity, desired_objects
from batchplan.plan.observation import Observation
from batchplan.policy.context import (
    Baselined,
    Context,
    Generation,
    Mention,
    Override,
    PlannedStep,
    Record,
    StateSummary,
    Suppressed,
)
from batchplan.policy.engine import verdicts
from batchplan.policy.live import Dataset, Live
from batchplan.policy.model import Level, Outcome, Phase, Rule, Setting, Verdict
from batchplan.policy.subject import steps_of
from batchplan.policy.subjects import declared, planned

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
TODAY = date(2026, 11, 22)
IMPLICIT = "account.west"
COMMON = {
    "west.batch.hcl": """
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
""",
    "unknown.batch.hcl": """
account "unmade" {
  name                = "unmade"
  resource_group_name = "rg"
  location            = "westeurope"
}
locals {
  unknown = account.unmade.account_endpoint
}
""",
}
REQUIRED = {
    "account": {"name": '"{name}"', "resource_group_name": '"rg"', "location": '"westeurope"'},
    "application": {"account_id": "account.west.id", "name": '"{name}"'},
    "application_package": {
        "application_id": '"${account.west.id}/applications/tool"',
        "version": '"1"',
        "source": '"tool.zip"',
    },
    "pool": {
        "account_id": "account.west.id",
        "name": '"{name}"',
        "vm_size": '"standard_d4s_v5"',
        "node_agent_sku_id": '"batch.node.ubuntu 22.04"',
        "image_reference": '{\n publisher = "microsoft-dsvm"\n offer = "ubuntu-hpc"\n sku = "2204"\n}',
    },
    "job": {"account_id": "account.west.id", "name": '"{name}"', "pool_info": '{ pool_id = "elsewhere" }'},
    "job_schedule": {
        "account_id": "account.west.id",
        "name": '"{name}"',
        "schedule": '{ recurrence_interval = "PT24H" }',
        "job_specification": '{\n pool_info { pool_id = "elsewhere" }\n}',
    },
}
"""What each kind of block requires, filled in where a case does not say it; blocks start with a brace."""

LISTS = ("steps", "suppressed", "overrides", "mentions")
_EXEMPT = re.compile(r"(?m)^# no (\w+): .+\n+")
_WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_CHECKED, Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Header:
    """What a case says besides the configuration.

    params: of the rule. observed: by address, `facts`, and `document` where it is not what is declared.
    changes: by address, `action` (noop, update, replace, create, delete), `strategy`, `cause`, `replaced_by`,
        `before` (members that differ from what is declared), and `fields` as `path: [before, after, class]`.
    live: datasets by name, rows by key; the name of an account or the address of a pool or job stands for its id.
    steps: `type`, `address`, and other members. state: `generations`, `rollouts`. settings: of the client.
    suppressed, overrides, mentions, record: members of the records in `policy.context`.
    """

    as_of: date = TODAY
    params: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    live: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Mapping[str, Any], ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    suppressed: tuple[Mapping[str, Any], ...] = ()
    overrides: tuple[Mapping[str, Any], ...] = ()
    mentions: tuple[Mapping[str, Any], ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One snippet, and what is expected of it."""

    outcome: Outcome
    title: str
    header: Header
    text: str


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a file."""
    for chunk in re.split(r"(?m)^---\s*$", _EXEMPT.sub("", path.read_text(encoding="utf-8"))):
        lines = chunk.strip("\n").split("\n")
        comments = []
        while lines and lines[0].startswith("#"):
            comments.append(lines.pop(0)[1:].removeprefix(" "))
        outcome, _, title = comments[0].partition(": ")
        header = yaml.safe_load("\n".join(comments[1:])) or {}
        lists = {name: tuple(header.pop(name)) for name in LISTS if name in header}
        yield Case(Outcome(outcome), title, Header(**header, **lists), "\n".join(lines))


def exempt(path: Path) -> set[Outcome]:
    """Return the outcomes that a rule cannot have: `# no unknown: actions are always known` above all cases."""
    return {Outcome(word) for word in _EXEMPT.findall(path.read_text(encoding="utf-8"))}


def completed(text: str) -> str:
    """Return a configuration with what its blocks require and do not say."""
    source = Source("main.batch.hcl", text)
    body, problems = parse_file(source)
    assert not problems, [str(one) for one in problems]
    for block in reversed(body.blocks):
        missing = dict(REQUIRED.get(block.type, {}))
        for name in (*block.body.attributes, *(one.type for one in block.body.blocks)):
            missing.pop(name, None)
        text = _with(text, block, missing)
    return text


def _with(text: str, block: Block, missing: Mapping[str, str]) -> str:
    if not missing:
        return text
    name = block.labels[0].value
    made = "".join(
        f"{key} {'' if value.startswith('{') else '= '}{value.replace('{name}', name)}\n"
        for key, value in missing.items()
    )
    start, end = text.index("{", block.header_end) + 1, text.rindex("}", 0, block.end)
    return f"{text[:start]}\n{text[start:end].strip(' ')}\n{made}{text[end:]}"


def context_of(case: Case, folder: Path) -> Context:
    """Return the context of a case, whose files are written into a folder."""
    files = {"main.batch.hcl": completed(case.text), **COMMON}
    if re.search(r'account\s+"west"', case.text):
        del files["west.batch.hcl"]
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return context_in(folder, case.header)


def context_in(folder: Path, header: Header) -> Context:
    """Return the context of the project in a folder, with what a header adds; the project has no faults."""
    return context_of_project(*evaluated_in(folder, partial=True), header)


def evaluated_in(folder: Path, *, partial: bool = False) -> tuple[Evaluated, SchemaKinds]:
    """Return the project in a folder, evaluated; it has no faults."""
    kinds = SchemaKinds(subscription_id=SUBSCRIPTION)
    project = load_project(folder, LocalResolver(), Inputs(), kinds=kinds, partial=partial)
    assert not project.diagnostics.has_errors, "\n".join(map(str, project.diagnostics))
    assert project.evaluated is not None
    kinds = SchemaKinds(subscription_id=SUBSCRIPTION, pool_ids=_pool_ids(project.evaluated))
    project = project.evaluated_with(kinds)
    assert not project.diagnostics.has_errors, "\n".join(map(str, project.diagnostics))
    assert project.evaluated is not None
    return project.evaluated, kinds


def context_of_project(evaluated: Evaluated, kinds: SchemaKinds, header: Header) -> Context:
    """Return the context of a project, with what a header adds."""
    desired = desired_objects(evaluated, kinds, Identity(SUBSCRIPTION, kinds.pool_ids), Diagnostics())
    if header.changes or header.observed:
        subjects = planned(desired, _changes(header, desired), _observed(header, desired))
    else:
        subjects = declared(evaluated, kinds, SUBSCRIPTION)
    remotes = {str(one.address): one.remote for one in desired}
    return Context(
        subjects=subjects,
        as_of=header.as_of,
        made_at=_noon(header.as_of),
        steps=tuple(_step(at, one, remotes) for at, one in enumerate(header.steps)),
        live=_live(header, remotes),
        state=_state(header),
        settings=header.settings,
        suppressed=tuple(Suppressed(**one) for one in header.suppressed),
        overrides=tuple(Override(**one) for one in header.overrides),
        mentions=tuple(Mention(**one) for one in header.mentions),
        record=_record(header.record),
        planned=bool(header.changes),
    )


def _pool_ids(evaluated: Evaluated) -> dict[str, str]:
    """Return an id for the generation of each pool; those of one block, or of one name, are told apart by a number."""
    made: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for one in evaluated.instances:
        if one.address.kind == "pool":
            seen[one.address.name] += 1
            made[str(one.address)] = f"{one.address.name}-{seen[one.address.name]}"
    return made


def asked(rule: Rule, case: Case, folder: Path) -> list[Verdict]:
    """Return what a rule says about a case; the implicit accounts are left out."""
    context = context_of(case, folder)
    found = verdicts(context, [rule], {rule.id: Setting(rule.level or Level.SOFT, None, case.header.params)}, [*Phase])
    hidden = {"account.unmade"} | ({IMPLICIT} if not re.search(r'account\s+"west"', case.text) else set())
    return [one for one in found if one.address not in hidden]


def outcome_of(found: list[Verdict]) -> Outcome:
    """Return the outcome of a case: the worst of its subjects; not applicable when there are none."""
    return min((one.outcome for one in found), key=_WORST.index, default=Outcome.NOT_APPLICABLE)


def told(case: Case, found: list[Verdict]) -> str:
    """Return the verdicts of a case as text, for a golden file."""
    lines = [f"{case.outcome}: {case.title}"]
    for one in found:
        if one.outcome is Outcome.PASS:
            continue
        lines.append(f"  {one.outcome} {one.address}{f': {one.reason}' if one.reason else ''}")
        for finding in one.findings:
            lines.append(f"    {one.severity_of(finding).word} {finding.path or '-'}: {finding.message}")
            lines += [f"      next: {finding.remediation}"] if finding.remediation else []
            lines += [f"      edit: {finding.edit.path} = {finding.edit.value!r}"] if finding.edit else []
    return "\n".join(lines) + "\n"


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _changes(header: Header, desired: tuple[DesiredObject, ...]) -> Iterator[Change]:
    by_address = {str(one.address): one for one in desired}
    for text, told_ in header.changes.items():
        one = by_address.get(text)
        address = parse_address(text)
        remote = one.remote if one is not None else Remote(address.kind, f"{ACCOUNTS}/west", address.name)
        document = one.document if one is not None else {}
        action = Action[told_["action"].upper()]
        yield Change(
            address,
            action,
            remote,
            before=None if action is Action.CREATE else {**document, **told_.get("before", {})},
            after=None if action is Action.DELETE else document,
            fields=tuple(_field(path, *values) for path, values in told_.get("fields", {}).items()),
            cause=Cause[told_["cause"].upper()] if "cause" in told_ else None,
            replaced_by=Remote(remote.kind, remote.account_id, told_["replaced_by"])
            if "replaced_by" in told_
            else None,
            strategy=told_.get("strategy"),
        )


def _field(path: str, before: Any, after: Any, mutability: str = "live") -> FieldChange:
    return FieldChange(steps_of(path), before, after, before, mutability, "", Cause.CONFIG)


def _observed(header: Header, desired: tuple[DesiredObject, ...]) -> dict[Remote, Observation | None]:
    by_address = {str(one.address): one for one in desired}
    made: dict[Remote, Observation | None] = {}
    for text, told_ in header.observed.items():
        one = by_address[text]
        fields = header.changes.get(text, {}).get("fields", {})
        document = told_.get("document") or _before(one.document, fields)
        made[one.remote] = Observation(one.remote, document, "e", told_.get("facts", {}))
    return made


def _before(document: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as it is before some changes."""
    made: dict[str, Any] = copy.deepcopy(dict(document))
    for path, (before, *_) in fields.items():
        *outer, last = steps_of(path)
        node: Any = made
        for step in outer:
            node = node.setdefault(step, {}) if isinstance(node, dict) else node[step]
        node[last] = before
    return made


ACCOUNTS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts"


def _live(header: Header, remotes: Mapping[str, Remote]) -> Live:
    def key(text: str) -> str:
        remote = remotes.get(text) or remotes.get(f"account.{text}")
        return (remote.id if remote is not None else text).lower()

    return Live(
        {
            name: Dataset(
                datetime.fromisoformat(rows.pop("at")) if "at" in rows else _noon(header.as_of),
                {key(text): row for text, row in rows.items()},
            )
            for name, rows in header.live.items()
        }
    )


def _step(at: int, told_: Mapping[str, Any], remotes: Mapping[str, Remote]) -> PlannedStep:
    parts = {name: value for name, value in told_.items() if name not in ("type", "id", "address", "needs")}
    address = told_["address"]
    remote = remotes.get(address) or Remote(address.split(".")[0], f"{ACCOUNTS}/west", address.split(".")[1])
    needs = tuple(told_.get("needs", ()))
    return PlannedStep(told_["type"], told_.get("id", f"s{at + 1}"), address, remote, needs, parts)


def _record(given: Mapping[str, Any]) -> Record:
    return Record(
        levels={name: Level[word.upper()] for name, word in given.get("levels", {}).items()},
        renamed=given.get("renamed", {}),
        unused=tuple(Suppressed(**one) for one in given.get("unused", ())),
        gone=tuple(Baselined(**one) for one in given.get("gone", ())),
        undecided=tuple(map(tuple, given.get("undecided", ()))),
        unread=given.get("unread", {}),
        stale=given.get("stale", {}),
        gate=given.get("gate", False),
    )


def _state(header: Header) -> StateSummary:
    given = dict(header.state)
    made = tuple(Generation(**one) for one in given.pop("generations", ()))
    return StateSummary(generations=made, **given)
