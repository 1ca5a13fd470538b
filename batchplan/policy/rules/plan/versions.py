"""Versions of the API: too old for what is asked for, or not offered any more."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Level, NotLooked, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.schema.document import Path, leaves, path_text
from batchplan.schema.lookup import NoSuchField, fact

MANAGEMENT = "management"
_PROVIDER = "microsoft.batch"


@rule(
    "BP8019",
    "API version does not know a field",
    kinds=["account", "application", "application_package", "pool"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def field_newer_than_api(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The configuration sets a field that came with a later version of the API than the one in use.

    Why: The service ignores or refuses members that its version does not know, and the object is not what was asked for.

    Instead: Use the later version, or leave the field out.

    Source: REST API of Microsoft.Batch, members by api-version, as the schema has them.
    """
    version = _version(see)
    for path, _ in leaves(subject.node):
        since = _since(subject.kind, path)
        if since > version:
            yield Finding(
                f"{subject.address} sets {path_text(path)}, which the API knows since {since}; in use is {version}.",
                path_text(path),
                expected=since,
                actual=version,
                remediation=f"Use api-version {since}, or remove the argument.",
            )


def _since(kind: str, path: Path) -> str:
    """Return the first version that knows a field and the blocks around it, empty for what has always been there."""
    found = [""]
    for length in range(1, len(path) + 1):
        try:
            found.append(fact(kind, path[:length]).since)
        except NoSuchField:
            break
    return max(found)


def _version(see: Scope) -> str:
    version = (see.context.settings.get("api_versions") or {}).get(MANAGEMENT)
    if version is None:
        raise NotLooked("the version of the API in use was not told")
    return str(version)


@rule(
    "BP8020",
    "API version is not offered any more",
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["api_versions"],
)
def api_version_retired(_: Subject, see: Scope) -> Iterator[Finding]:
    """The version of the management API in use is not among those that Azure lists for Batch.

    Why: Versions that are retired are answered with an error from one day to the next, and then nothing can be planned
    or applied.

    Instead: Update batchplan.

    Source: Azure Advisor, bbc3f0f1-85b7-4bcb-b474-0e02571eb5fa (deprecated API version in use). Days of retirement are
    not published for single versions; the list of the resource provider is what tells.
    """
    version = _version(see)
    offered = see.live.row("api_versions", _PROVIDER)
    if version not in offered:
        yield Finding(
            f"Azure does not list version {version} of the Batch API any more; the newest is {max(offered)}.",
            expected=max(offered),
            actual=version,
            remediation="Update batchplan to a release that uses it.",
        )
