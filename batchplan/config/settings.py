"""The settings block: whether this version of batchplan may read the configuration."""

import batchplan
from batchplan.config.blocks import BlockReader
from batchplan.config.declarations import Settings
from batchplan.config.versions import VersionError, parse_constraint, parse_version
from batchplan.core.codes import INVALID_VALUE, UNSUPPORTED_VERSION
from batchplan.core.diagnostics import Diagnostics
from batchplan.lang.types import STRING


def check_required_version(settings: Settings, diagnostics: Diagnostics) -> None:
    """Report a version constraint that this batchplan does not meet, or that is none."""
    found = settings.required_version
    if found is None:
        return
    text = BlockReader(settings.block, settings.source, diagnostics).literal_value(found, STRING)
    if not isinstance(text, str):
        return
    try:
        allowed = parse_constraint(text).allows(parse_version(batchplan.__version__))
    except VersionError as error:
        diagnostics.error(INVALID_VALUE, str(error), found.range, settings.at)
        return
    if not allowed:
        detail = (
            f"This configuration asks for batchplan {text}, and this is {batchplan.__version__}. "
            "Install a version that fits, or change required_version after reading what has changed since."
        )
        diagnostics.error(UNSUPPORTED_VERSION, detail, found.range, settings.at)
