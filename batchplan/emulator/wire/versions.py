"""Api-versions: which each plane knows, and how a request names one."""

from collections.abc import Mapping, Sequence

from batchplan.emulator.errors import refuse

DATA_PLANE = (
    "2022-01-01.15.0",
    "2022-10-01.16.0",
    "2023-05-01.17.0",
    "2023-11-01.18.0",
    "2024-02-01.19.0",
    "2024-07-01.20.0",
    "2025-06-01",
)
ARM = (
    "2022-01-01",
    "2022-06-01",
    "2022-10-01",
    "2023-05-01",
    "2023-11-01",
    "2024-02-01",
    "2024-07-01",
    "2025-06-01",
)


def api_version(query: Mapping[str, str], known: Sequence[str] = DATA_PLANE) -> str:
    """Return the api-version of a request (query keys in lower case).

    Raise MissingRequiredQueryParameter when there is none, UnsupportedRequestVersion when it is not in `known`.
    """
    version = query.get("api-version", "")
    if not version:
        raise refuse("MissingRequiredQueryParameter", ("QueryParameterName", "api-version"))
    if version not in known:
        raise refuse("UnsupportedRequestVersion")
    return version


def at_least(version: str, oldest: str) -> bool:
    """Tell whether a version of either plane is not older than another; versions begin with their date."""
    return version[:10] >= oldest[:10]
