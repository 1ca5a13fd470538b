"""Secrets that stand where anybody can read them, and keys where an identity would do."""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

from batchplan.policy.inside import TEXTS, blocks
from batchplan.policy.model import Finding, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.schema.document import UNKNOWN, Secret, leaves, path_text

NONE_ALLOWED: tuple[str, ...] = ()
ALLOWED = Param("allowed", NONE_ALLOWED, "Secrets that may stay, by the start of their SHA-256, as findings name it.")

_KINDS = {
    "shared access signature": r"[?&]sig=[\w%+/.~-]{16,}",
    "storage key": r"AccountKey=[\w+/]{40,}={0,2}|(?<![\w+/])[\w+/]{86}==",
    "token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\bgh[pousr]_\w{36,}|\bgithub_pat_\w{40,}|\bglpat-[\w-]{20,}|\bAKIA[0-9A-Z]{16}\b",
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "password": r"(?i:;\s*(?:password|pwd)=[^;\s$%{]{4,})|://[^/\s:@]+:[^/\s:@$%{]{4,}@",
}
_PATTERNS = [(kind, re.compile(text)) for kind, text in _KINDS.items()]
_TELLING = re.compile(
    r"(password|passwd|secret|token|(?:api|access|secret|private|shared|master)_?key|account_?key|storage_?key)$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"[$%/{]|https?:|@Microsoft\.KeyVault", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9.-]+)+|[a-z]+(?:-[a-z]+)+")
"""The name of a secret in a vault: words with hyphens, or a path of them."""
_OWN = frozenset({"suppress"})


@rule(
    "BP2013",
    "Secret in plain text",
    kinds=["pool", "job", "job_schedule"],
    severity=Severity.ERROR,
    level=Level.SOFT,
    params=[ALLOWED],
)
def secret_in_plain_text(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A command line, a variable of the environment or metadata holds a key, a token or a password.

    Why: All of it is shown to whoever may read the pool or job, is written into state and plans, and lies in the
    repository.

    Instead: Let the node's managed identity fetch it from Key Vault, or reach storage and registries by
    `identity_reference`. What must be handed over comes from a sensitive variable.

    Source: AzSK Azure_Batch_130 (protect secrets on nodes); Learn, "Batch security and compliance best practices". What
    is stored in plain text once has to be changed, so that a plan stops; what only the name of a variable tells is a
    warning.

    Exceptions: values for tests; list their hashes in the parameter `allowed`.
    """
    unknown = None
    for path, value in leaves(subject.node):
        if value is UNKNOWN and path[-1] in TEXTS:
            unknown = path
        if not isinstance(value, str) or path[0] in _OWN:
            continue
        sure = secret_in(value)
        found = sure or _named(subject, path, value)
        if found is not None:
            digest = sha256(found[1].encode()).hexdigest()[:12]
            if not any(digest.startswith(one) for one in see.param(ALLOWED) if one):
                yield _plain(subject, path_text(path), found[0], digest, sure=sure is not None)
    if unknown is not None:
        subject.get(path_text(unknown))


def _plain(subject: Subject, path: str, kind: str, digest: str, *, sure: bool) -> Finding:
    what = f"holds a {kind}" if sure else f"seems to hold a {kind}, as its name says,"
    return Finding(
        f"{subject.address}.{path} {what} in plain text.",
        path,
        actual=f"sha256:{digest}",
        remediation="Use a managed identity with Key Vault, or a sensitive variable.",
        severity=None if sure else Severity.WARNING,
    )


@lru_cache(maxsize=4096)
def secret_in(text: str) -> tuple[str, str] | None:
    """Return the kind of the first secret in a text, and the secret; None when there is none."""
    for kind, pattern in _PATTERNS:
        found = pattern.search(text)
        if found is not None:
            return kind, found[0]
    return None


def _named(subject: Subject, path: tuple[Any, ...], value: str) -> tuple[str, str] | None:
    """Return what the name of a variable tells about its value, where that is no reference to something else."""
    if path[-1] != "value" or len(value) < 8 or any(letter.isspace() for letter in value) or _REFERENCE.match(value):
        return None
    if _NAME.fullmatch(value):
        return None
    name = subject.raw(path_text((*path[:-1], "name")))
    telling = _TELLING.search(name) if isinstance(name, str) else None
    return (telling[1].lower().replace("_", " "), value) if telling else None


@rule(
    "BP2014",
    "Signed address where an identity would do",
    kinds=["pool", "job", "job_schedule"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def signed_address_used(subject: Subject, _: Scope) -> Iterator[Finding]:
    """Files are read or written by an address with a signature, which ends some day.

    Why: A shared access signature is a password in an address. When it ends, start tasks and uploads fail on nodes that
    come later, and the pool has to be changed for a new one.

    Instead: Name the address without a signature and the identity that may read or write there: `identity_reference`.

    Source: Learn, "Configure managed identities in Batch pools"; "Batch security and compliance best practices".

    Exceptions: storage of another tenant.
    """
    for block in blocks(subject, "resource_files", "container", "node_logs"):
        for name in ("http_url", "storage_container_url", "container_url"):
            if isinstance(block.raw(name), Secret) and not block.has("identity_reference"):
                yield Finding(
                    f"{subject.address} reaches {block.path(name)} by a signed address.",
                    block.path(name),
                    remediation="Take the signature off and add identity_reference { resource_id = … }.",
                )


@rule(
    "BP2016",
    "Key or password where an identity would do",
    kinds=["pool", "job", "job_schedule"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def key_used(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A blob container is mounted with a key, or a registry is entered with a password.

    Why: Keys have to be kept, changed and handed to everybody who plans. An identity of the pool needs none of that, and
    can be given just the rights it needs.

    Instead: `identity_reference { resource_id = … }`, with an identity that the pool has.

    Source: Learn, "Configure managed identities in Batch pools"; REST API, mountConfiguration and containerRegistries.
    Azure Files and CIFS take keys only, and are not meant.

    Exceptions: registries that know no Azure identities.
    """
    for block in blocks(subject, "azure_blob_file_system_configuration", "container_registries", "registry"):
        name = _key(block)
        if name is not None and not block.has("identity_reference"):
            what = block.raw("container_name") or block.raw("registry_server") or "docker.io"
            yield Finding(
                f"{subject.address} reaches {what if isinstance(what, str) else 'a registry'} with {name}, where an identity would do.",
                block.path(name),
                remediation="Replace it by identity_reference { resource_id = … }.",
            )


def _key(block: View) -> str | None:
    return next((name for name in ("account_key", "sas_key", "password") if block.has(name)), None)
