"""Documentation by name."""

from importlib import resources

from batchplan.core.codes import CODES, UNKNOWN_NAME
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.suggest import did_you_mean


def page(name: str) -> str:
    """Return the page of a diagnostic code as Markdown, or that of a kind or field; raise UserError for another name."""
    code = CODES.get(name.upper())
    if code is None:
        return _rule(name) or _field(name)
    return resources.files("batchplan").joinpath("docs", "diagnostics", f"{code.id}.md").read_text(encoding="utf-8")


def _rule(name: str) -> str | None:
    """Return the text about a rule of policy, None for what does not look like the id of one."""
    if not name.upper().startswith("BP"):
        return None
    from batchplan.policy.explain import rule_text
    from batchplan.policy.registry import by_id

    found = by_id().get(name.upper())
    return rule_text(found) if found is not None else None


def _field(name: str) -> str:
    from batchplan.schema.explain import explain
    from batchplan.schema.lookup import NoSuchField
    from batchplan.schema.registry import DATA_KINDS, KINDS

    try:
        found = explain(name)
    except NoSuchField as missing:
        raise UserError([Diagnostic(UNKNOWN_NAME, str(missing))]) from None
    if found is None:
        known = [*KINDS, *(f"data.{kind}" for kind in DATA_KINDS)]
        hint = did_you_mean(name.upper(), CODES) or did_you_mean(name, known)
        detail = (
            f'There is nothing called "{name}" to explain.{hint} '
            "A diagnostic code looks like E0201, a kind like pool, a field like pool.vm_size."
        )
        raise UserError([Diagnostic(UNKNOWN_NAME, detail)])
    return found
