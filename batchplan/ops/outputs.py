"""Outputs as the last apply left them."""

import json
from collections.abc import Mapping

from batchplan.core.codes import INVALID_VALUE, OUTPUT_NOT_KEPT, UNKNOWN_OUTPUT
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.suggest import did_you_mean
from batchplan.state.model import OutputRecord, StateDocument


def outputs(document: StateDocument | None) -> Mapping[str, OutputRecord]:
    """Return the outputs of a state, none before the first apply."""
    return document.outputs if document is not None else {}


def output_named(document: StateDocument | None, name: str) -> OutputRecord:
    """Return one output; raise UserError when there is none of that name, or its value is a secret.

    A state keeps of a secret only a keyed hash, so its value can be had from where it came, not from here.
    """
    found = outputs(document)
    if name not in found:
        hint = did_you_mean(name, found)
        detail = f'There is no output "{name}".{hint} Outputs are there once they have been applied.'
        raise UserError([Diagnostic(UNKNOWN_OUTPUT, detail)])
    if found[name].sensitive:
        detail = (
            f'The output "{name}" is sensitive: the state keeps a keyed hash of it, not its value. '
            "Take the value from where it comes from."
        )
        raise UserError([Diagnostic(OUTPUT_NOT_KEPT, detail)])
    return found[name]


def raw_text(name: str, record: OutputRecord) -> str:
    """Return a text, number or truth value without quotes; raise UserError for anything else."""
    value = record.value
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    detail = f'The output "{name}" is no text, number or truth value; -raw prints only these. Use -json.'
    raise UserError([Diagnostic(INVALID_VALUE, detail)])
