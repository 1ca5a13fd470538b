"""What went wrong in a run, as diagnostics."""

import shlex
from collections.abc import Iterable, Mapping

from batchplan.apply.events import StepFailure
from batchplan.apply.executor import RunResult
from batchplan.core.codes import (
    ACTIVE_TWICE,
    AZURE_CONFLICT,
    AZURE_FORBIDDEN,
    AZURE_NOT_FOUND,
    AZURE_REJECTED,
    AZURE_THROTTLED,
    AZURE_UNREACHABLE,
    GATE_CLOSED,
    NOT_ALL_DONE,
    POLICY_REFUSED,
    STATE_UNUSABLE,
    STEP_FAILED,
)
from batchplan.core.diagnostics import Code, Diagnostic
from batchplan.plan.step import Ready, Rebooted, Steady, Step
from batchplan.ports import (
    AT_WORK_ELSEWHERE,
    AzureError,
    Conflict,
    Forbidden,
    NotFound,
    Rejected,
    Throttled,
    Unreachable,
)
from batchplan.report.plan import owner
from batchplan.report.steps import sentence

CODES: Mapping[type[AzureError], Code] = {
    NotFound: AZURE_NOT_FOUND,
    Conflict: AZURE_CONFLICT,
    Throttled: AZURE_THROTTLED,
    Forbidden: AZURE_FORBIDDEN,
    Rejected: AZURE_REJECTED,
    Unreachable: AZURE_UNREACHABLE,
}


def azure_diagnostic(error: AzureError, address: str | None = None, doing: str | None = None) -> Diagnostic:
    """Return what Azure said, whole: code, sentence and every value, and what to do."""
    code = next((code for kind, code in CODES.items() if isinstance(error, kind)), STEP_FAILED)
    if error.code == AT_WORK_ELSEWHERE:
        return Diagnostic(ACTIVE_TWICE, f"{doing}: {error.message}" if doing else error.message, address=address)
    said = f"{error.code}: {error.message}" if error.code else error.message
    lines = [f"{doing}:" if doing else "", said, *(f"  {name}: {value}" for name, value in error.values)]
    if error.retryable:
        lines.append("It was tried again for minutes. Run the same command again; it goes on where it stopped.")
    return Diagnostic(code, "\n".join(line for line in lines if line), address=address)


def run_diagnostics(result: RunResult, steps: Iterable[Step]) -> list[Diagnostic]:
    """Return a diagnostic for each step that failed, and one for what was not begun."""
    by_id = {step.id: step for step in steps}
    found = [_failed(by_id[name], failure) for name, failure in result.failed.items()]
    if result.unrecorded:
        detail = f"{result.unrecorded[0].upper()}{result.unrecorded[1:]}. Nothing is begun that cannot be recorded."
        found.append(Diagnostic(STATE_UNUSABLE, detail))
    if result.skipped:
        count = len(result.skipped)
        word = "step was" if count == 1 else "steps were"
        why = "what they need was not done"
        if result.interrupted or result.unrecorded:
            why = "the run was interrupted" if result.interrupted else "the journal cannot be written"
        detail = (
            f"{count} {word} not begun, because {why}. What was done is in the state. "
            "Run batchplan apply again: it plans anew from what is there, and goes on."
        )
        found.append(Diagnostic(NOT_ALL_DONE, detail))
    return found


def _failed(step: Step, failure: StepFailure) -> Diagnostic:
    doing = sentence(step)
    if failure.error is not None:
        return azure_diagnostic(failure.error, str(owner(step.address)), doing)
    if failure.policy:
        return Diagnostic(POLICY_REFUSED, failure.message, address=str(owner(step.address)))
    code = GATE_CLOSED if failure.gate else STEP_FAILED
    after = f"\n{_next_of(step)}" if failure.gate and _next_of(step) else ""
    return Diagnostic(code, f"{doing}: {failure.message}{after}", address=str(owner(step.address)))


def _next_of(step: Step) -> str:
    """Return what stands, and what to type, when a gate has not opened."""
    pool = owner(step.address)
    if not step.address.parts:
        return _next_of_pool(step)
    match step.address.parts[-1].word:
        case "candidate":
            return (
                "Nothing was moved: the active pool keeps working. Change the configuration, then: batchplan apply\n"
                f"To look at the nodes first: batchplan rollout status {pool}\n"
                f"To remove the candidate:    batchplan rollout abort {pool}"
            )
        case "retired":
            return (
                "No task was lost: what runs there goes on. To wait on: batchplan apply\n"
                f"Where it stands:           batchplan rollout status {pool}\n"
                f"To go back:                batchplan rollout abort {pool}"
            )
        case _:
            return ""


def _next_of_pool(step: Step) -> str:
    """Return what to do about a pool whose nodes did not come, or did not become usable."""
    match step:
        case Steady():
            return (
                "The pool is there, and the next apply asks for its nodes again. When quota or capacity is short: have the "
                "quota raised, or choose another vm_size, account or size. Then: batchplan apply"
            )
        case Ready() | Rebooted():
            replaced = shlex.quote(f"-replace={step.address}")
            return (
                "The pool is there; nodes that have failed stay as they are, also when the configuration changes. "
                f"Mend the cause, then have a new pool made: batchplan apply {replaced}\n"
                "Nodes that are only late are waited for again by: batchplan apply"
            )
        case _:
            return ""
