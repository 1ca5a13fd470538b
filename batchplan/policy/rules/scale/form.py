"""Formulas that the service refuses, or reads otherwise than documented. Those that do not parse are refused before."""

import re
from collections.abc import Iterator

from batchplan.policy.formulas import KINDS, faults, finding, formulas
from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{\{.*?\}\}|<[A-Za-z_][\w -]*>|%\(\w+\)s|%s")


@rule("BP1202", "Formula names what does not exist", kinds=KINDS, severity=Severity.ERROR, level=Level.SOFT)
def unknown_name_in_formula(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula names a variable, a function, a method or a member that there is not, or calls one wrongly.

    Why: The service evaluates the formula only when the pool is there. Each evaluation fails then, the pool keeps the
    size it has, and nothing says so but the pool's last run.

    Instead: Take the name that is suggested. Variables of one's own are set before they are read.

    Source: Learn "Create a formula to automatically scale compute nodes": variables, functions, methods.

    Exceptions: a variable that the service has since got. The names are a table here, which is why the rule can be
    overridden.
    """
    yield from faults(subject, {"AS010", "AS011", "AS012", "AS013", "AS016", "AS017"})


@rule("BP1203", "Formula mixes types", kinds=KINDS, severity=Severity.ERROR, level=Level.HARD)
def unsuitable_types_in_formula(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula applies an operator to types that it is not defined for, or sets a target to no number.

    Why: The evaluation fails each time, and the pool keeps the size it has.

    Instead: Reduce vectors with `avg` or `max`, and compare times with times.

    Source: Learn "Create a formula to automatically scale compute nodes": types and operations. What the service is
    known to accept beyond its table is BP1234.
    """
    for formula in formulas(subject):
        wrong = [one for one in formula.report.findings if one.code in {"AS014", "AS015", "AS018", "AS019"}]
        for one in wrong:
            if one.code != "AS015" or not _PLACEHOLDER.search(formula.text[one.start : one.end]):
                yield finding(formula, [one])


@rule("BP1204", "Formula is too long", kinds=KINDS, severity=Severity.ERROR, level=Level.SOFT)
def formula_too_long(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula has more than 8 KB or more than 100 statements.

    Why: The service refuses it, and with it the pool.

    Instead: Shorten comments and names; compute what is constant in HCL, outside of the formula.

    Source: Learn "Create a formula to automatically scale compute nodes": 8 KB, 100 statements. Whether the 8 KB are
    bytes or characters is not said; more characters are refused before any policy is asked, more bytes here.

    Exceptions: a text whose letters outside of ASCII alone make it too long.
    """
    yield from faults(subject, {"AS008", "AS009"})


@rule("BP1218", "Formula has a placeholder left", kinds=KINDS, severity=Severity.ERROR, level=Level.HARD)
def placeholder_in_formula(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A time in a formula still is the placeholder of a template.

    Why: The template was not rendered, or `$` was escaped once too often. The service cannot read the time, and each
    evaluation fails. Placeholders elsewhere do not parse, and are refused before any policy is asked.

    Instead: Use HCL's interpolation: `${…}` in a heredoc is rendered, `$${…}` is not.

    Source: published formulas that were sent as written, in Bicep's `'''` strings and the shell's single quotes.
    """
    for formula in formulas(subject):
        for one in formula.report.findings:
            left = _PLACEHOLDER.search(formula.text[one.start : one.end]) if one.code == "AS015" else None
            if left is not None:
                yield Finding(
                    f"The formula of {formula.owner}, line {one.line}, still has the placeholder {left[0]} in a time.",
                    formula.path,
                    actual=left[0],
                    remediation='Render it with HCL: time("${var.deadline}"), with one $.',
                )


@rule("BP1234", "Formula relies on what is not documented", kinds=KINDS, severity=Severity.INFO)
def undocumented_form_in_formula(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula uses a form that works in the field and that the documentation does not have.

    Why: A metric without samples, a vector where a number is due, single quotes and a text close to 8 KB have been
    seen to work. Nobody promises that they go on doing so, and most of them were meant otherwise.

    Instead: Write the documented form, which is suggested.

    Source: Learn "Create a formula to automatically scale compute nodes": operations; published formulas.
    """
    yield from faults(subject, {"AS110", "AS111", "AS122", "AS124", "AS204", "AS206"})
