"""What a file that is to be shown is: a saved plan, or a state."""

import json
from pathlib import Path

from batchplan.core.codes import UNREADABLE_FILE, UNREADABLE_PLAN
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.plan.plan import Plan
from batchplan.plan.planfile import UnreadablePlan, read_plan
from batchplan.state.migrations import UnreadableState, read_document
from batchplan.state.model import StateDocument


def read_file(path: Path) -> Plan | StateDocument:
    """Return the plan or the state in a file; raise UserError when it is neither."""
    try:
        content = path.read_bytes()
    except OSError as error:
        detail = f'"{path}" cannot be read: {(error.strerror or str(error)).lower()}.'
        raise UserError([Diagnostic(UNREADABLE_FILE, detail)]) from None
    try:
        data = json.loads(content)
    except ValueError:
        data = None
    try:
        if isinstance(data, dict) and "steps" not in data and "secret_key" in data:
            return read_document(data)
        return read_plan(content)
    except (UnreadablePlan, UnreadableState) as error:
        detail = f'"{path}" is neither a saved plan nor a state: {error}.'
        raise UserError([Diagnostic(UNREADABLE_PLAN, detail)]) from None
