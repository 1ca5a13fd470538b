"""Documentation by name."""

from importlib import resources

from batchplan.core.codes import CODES, UNKNOWN_NAME
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.suggest import did_you_mean


def page(name: str) -> str:
    """Return the page of a diagnostic code as Markdown; raise UserError for an unknown name."""
    code = CODES.get(name.upper())
    if code is None:
        hint = did_you_mean(name.upper(), CODES)
        detail = f'There is nothing called "{name}" to explain.{hint} A diagnostic code looks like E0201.'
        raise UserError([Diagnostic(UNKNOWN_NAME, detail)])
    return resources.files("batchplan").joinpath("docs", "diagnostics", f"{code.id}.md").read_text(encoding="utf-8")
