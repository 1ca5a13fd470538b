"""Conditions with a message: validations, preconditions, postconditions, assertions."""

from dataclasses import replace

from batchplan.config.prepare import PreparedCondition
from batchplan.core.codes import INVALID_CONDITION, INVALID_VALUE
from batchplan.core.diagnostics import Code, Diagnostic, Diagnostics, Fault, Involved, Severity
from batchplan.lang.compiled import Compiled, Environment
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import BOOL, STRING, friendly
from batchplan.lang.values import Null, Unknown, Value, type_of, unmark


def check_condition(
    prepared: PreparedCondition,
    environment: Environment,
    code: Code,
    diagnostics: Diagnostics,
    severity: Severity = Severity.ERROR,
) -> bool | None:
    """Return whether a condition holds, None when that is unknown or it could not be evaluated (reported).

    A condition that does not hold is reported with its message under the code.
    """
    since = len(diagnostics)
    try:
        value, _ = unmark(prepared.condition.run(environment))
        holds = None if type(value) is Unknown else _truth(value, prepared, environment, diagnostics)
    except Fault as error:
        diagnostics.add(prepared.condition.explain(error.diagnostic, environment))
        holds = None
    if holds is False:
        detail = _message(prepared.error_message, environment, diagnostics)
        found = Diagnostic(code, detail, prepared.condition.range, prepared.at, severity)
        diagnostics.add(_explained(prepared.condition, found, environment))
    if severity is not Severity.ERROR:
        for at in range(since, len(diagnostics)):
            diagnostics.items[at] = replace(diagnostics.items[at], severity=severity)
    return holds


def _explained(condition: Compiled, diagnostic: Diagnostic, environment: Environment) -> Diagnostic:
    explained = condition.explain(diagnostic, environment)
    involved = tuple(one for one in explained.involved if isinstance(one, Involved))
    return replace(explained, involved=involved)


def _truth(
    value: Value, prepared: PreparedCondition, environment: Environment, diagnostics: Diagnostics
) -> bool | None:
    try:
        truth = convert(value, BOOL)
    except ConversionError:
        what = friendly(type_of(value))
        detail = f"The condition must be true or false; this is a value of type {what}. Compare it with something."
    else:
        if type(truth) is not Null:
            return truth is True
        detail = "The condition is null; it must be true or false."
    found = Diagnostic(INVALID_CONDITION, detail, prepared.condition.range, prepared.at)
    diagnostics.add(_explained(prepared.condition, found, environment))
    return None


def _message(message: Compiled, environment: Environment, diagnostics: Diagnostics) -> str:
    """Return the message to show; one that holds a secret is not shown."""
    try:
        value, marks = unmark(message.run(environment))
        text = convert(value, STRING)
    except Fault as error:
        diagnostics.add(message.explain(error.diagnostic, environment))
        return "The condition does not hold, and its error_message could not be evaluated."
    except ConversionError as error:
        diagnostics.error(INVALID_VALUE, f'"error_message" must be a string: {error}.', message.range)
        return "The condition does not hold."
    if marks:
        return "The condition does not hold. Its error_message holds a sensitive value, so it is not shown."
    return text if isinstance(text, str) else "The condition does not hold."
