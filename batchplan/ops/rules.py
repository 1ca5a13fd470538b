"""The rules themselves: listed, explained, and those of policy blocks tested."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batchplan.config.project import Project
from batchplan.core.codes import UNKNOWN_RULE
from batchplan.core.diagnostics import Diagnostic, Diagnostics, UserError
from batchplan.core.suggest import did_you_mean
from batchplan.policy.context import Context
from batchplan.policy.load import Policy, load_policy
from batchplan.policy.model import FAMILIES, Level, Outcome, Rule, Severity

Listed = tuple[Rule, Level, Severity]


def listed(
    project: Project | None, *, set_name: str | None = None, plugins: bool = True, family: str | None = None
) -> list[Listed]:
    """Return the rules with the level and severity that the policy set gives them; raise UserError."""
    policy = _policy(project, set_name=set_name, plugins=plugins)
    if family is not None and family.upper() not in (*FAMILIES.values(), "CUSTOM"):
        names = [*FAMILIES.values(), "CUSTOM"]
        hint = did_you_mean(family.upper(), names) or f" There are: {', '.join(names)}."
        raise UserError([Diagnostic(UNKNOWN_RULE, f'There is no family "{family}".{hint}')])
    return [_listed(one, policy) for one in policy.rules if family is None or one.family == family.upper()]


def explained(
    project: Project | None, name: str, *, set_name: str | None = None, plugins: bool = True
) -> tuple[Rule, Level]:
    """Return a rule by id, by an id it had before, or by the name of its fault; raise UserError."""
    policy = _policy(project, set_name=set_name, plugins=plugins)
    names: dict[str, Rule] = {}
    for one in policy.rules:
        names |= {one.fault: one, **dict.fromkeys(one.aliases, one)}
    names |= {one.id: one for one in policy.rules}
    found = names.get(name.upper()) or names.get(name)
    if found is None:
        hint = did_you_mean(name.upper(), names) or did_you_mean(name, names)
        raise UserError(
            [Diagnostic(UNKNOWN_RULE, f'There is no rule "{name}".{hint} batchplan policy list shows all.')]
        )
    return found, policy.chosen.settings[found.id].level


def _listed(rule: Rule, policy: Policy) -> Listed:
    setting = policy.chosen.settings[rule.id]
    return rule, setting.level, rule.severity if setting.severity is None else setting.severity


def _policy(project: Project | None, *, set_name: str | None, plugins: bool) -> Policy:
    diagnostics = Diagnostics()
    evaluated = project.evaluated if project is not None else None
    policy = load_policy(evaluated, diagnostics, set_name=set_name, plugins=plugins)
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    return policy


@dataclass(frozen=True, slots=True)
class PolicyTestResult:
    """What came of one test of a policy block."""

    policy: str
    test: str
    expected: Outcome
    outcome: Outcome
    reason: str
    place: str

    @property
    def passed(self) -> bool:
        """Whether the outcome is the expected one."""
        return self.outcome is self.expected

    def text(self) -> str:
        """Return it as a line, and the reason where it failed."""
        line = f"{'pass' if self.passed else 'FAIL'}  {self.policy}: {self.test}"
        if self.passed:
            return line
        reason = f": {self.reason}" if self.reason else ""
        return f"{line}   {self.place}\n      expected {self.expected}, but it is {self.outcome}{reason}"

    def as_json(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "policy": self.policy,
            "test": self.test,
            "expected": str(self.expected),
            "outcome": str(self.outcome),
            "passed": self.passed,
            "reason": self.reason,
        }


def policy_tests(project: Project, *, plugins: bool = True) -> list[PolicyTestResult]:
    """Run the tests of all policy blocks, each over a world with nothing in it but its input; raise UserError."""
    policy = _policy(project, set_name=None, plugins=plugins)
    made = []
    for one in policy.blocks.policies:
        for test in one.tests:
            outcome, reason = one.test(test, Context(as_of=datetime.now(UTC).date()))
            made.append(PolicyTestResult(one.name, test.name, test.expect, outcome, reason, str(test.at)))
    return made
