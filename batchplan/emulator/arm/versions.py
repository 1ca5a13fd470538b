"""Api-versions on ARM, and how ARM refuses the others."""

import re

from batchplan.emulator.arm.refusal import front
from batchplan.emulator.wire import versions
from batchplan.emulator.wire.http import Request

BATCH = versions.ARM
PERIMETERS = tuple(each for each in BATCH if each >= "2024-07-01")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(-[a-z]+)?")


def chosen(request: Request, known: tuple[str, ...] | None, kind: str, namespace: str) -> str:
    """Return the api-version of a request; raise the front door's 400 for none, or for one not known.

    `known` None takes any date. `kind` and `namespace` name the resource type in the sentence.
    """
    version = request.query.get("api-version", "")
    if not version:
        raise front(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if known is None:
        if not _DATE.fullmatch(version):
            raise front(400, "InvalidApiVersionParameter", _invalid(version, ()))
        return version
    if version not in known:
        if not _DATE.fullmatch(version):
            raise front(400, "InvalidApiVersionParameter", _invalid(version, known))
        raise front(
            400,
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location 'global' and API version '{version}' for type "
            f"'{kind}' in namespace '{namespace}'. The supported api-versions are '{', '.join(known)}'.",
        )
    return version


def _invalid(version: str, known: tuple[str, ...]) -> str:
    text = f"The api-version '{version}' is invalid."
    return f"{text} The supported versions are '{','.join(known)}'." if known else text
