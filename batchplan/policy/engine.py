"""Asking the rules: what each says about each subject, whatever one of them does."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from batchplan.policy.context import Context
from batchplan.policy.model import (
    Inapplicable,
    Level,
    Outcome,
    Phase,
    Rule,
    Setting,
    Undecided,
    Verdict,
)
from batchplan.policy.scope import Scope
from batchplan.policy.subject import NO_ADDRESS, NOTHING, Subject

ON_GOING = frozenset({Phase.PLAN, Phase.APPLY})
"""Phases in which an object that is to be deleted is looked at, too."""


def verdicts(
    context: Context, rules: Iterable[Rule], settings: Mapping[str, Setting], phases: Collection[Phase]
) -> list[Verdict]:
    """Return what each rule says about each of its subjects, in the order of rules and then of subjects.

    Rules without a setting have their own level; those that are off are not asked.
    """
    made: list[Verdict] = []
    for rule in rules:
        setting = settings.get(rule.id) or Setting(rule.level)
        if rule.phase in phases and setting.level is not Level.OFF:
            made.extend(_asked(rule, setting, context))
    return made


def _asked(rule: Rule, setting: Setting, context: Context) -> Iterator[Verdict]:
    scope = Scope(context, setting.params)
    if rule.each is not None:
        yield from _of_each(rule, rule.each, setting, scope)
        return
    if not rule.kinds:
        yield ask(rule, setting, NOTHING, scope, "")
        return
    on_going = rule.phase in ON_GOING
    for kind in rule.kinds:
        for subject, address in context.named(kind):
            if on_going or not subject.going:
                yield ask(rule, setting, subject, scope, address)


def _of_each(
    rule: Rule, each: Callable[[Scope], Iterable[Subject]], setting: Setting, scope: Scope
) -> Iterator[Verdict]:
    try:
        subjects = list(each(scope))
    except Undecided as left:
        yield Verdict(rule, "", left.outcome, setting.level, (), str(left))
        return
    for subject in subjects:
        yield ask(rule, setting, subject, scope, "" if subject.address is NO_ADDRESS else str(subject.address))


def ask(rule: Rule, setting: Setting, subject: Subject, scope: Scope, address: str) -> Verdict:
    """Return what one rule says about one subject; `address` is its text, empty for the whole plan.

    A finding counts more than what could not be told about the rest. An exception is a fault of the rule: the verdict
    says so, counts as not checked, and tells nothing else.
    """
    found = []
    outcome, reason, internal = Outcome.PASS, "", False
    try:
        for finding in rule.check(subject, scope):
            found.append(finding)  # noqa: PERF402 - those before an Undecided count
    except Inapplicable as left:
        outcome, reason = Outcome.NOT_APPLICABLE, str(left)
    except Undecided as left:
        outcome, reason = left.outcome, str(left)
    except Exception as error:  # noqa: BLE001 - one rule's fault must not silence the others
        outcome, internal = Outcome.NOT_CHECKED, True
        reason = f"internal error of rule {rule.id}: {type(error).__name__}: {_first_line(error)}"
    if internal:
        found.clear()
    elif found:
        outcome = Outcome.FAIL
    return Verdict(rule, address, outcome, setting.level, tuple(found), reason, internal)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
