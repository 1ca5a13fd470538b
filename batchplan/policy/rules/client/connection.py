"""How this client reaches the service. `settings` of the context say it; an emulator on the own machine is exempt."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

SECONDS = Param("seconds", 300, "How long requests are to be repeated.")
DNS_SECONDS = Param("dns_seconds", 60, "How long the address of a name may be remembered.")
LEAST_TLS = (1, 2)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def setting(see: Scope, name: str) -> Any:
    """Return a setting of the client; without it a rule is not checked."""
    if name not in see.context.settings:
        raise NotLooked(f"{name} of the client was not read")
    return see.context.settings[name]


def _endpoints(see: Scope) -> list[tuple[str, str]]:
    """Return the URL and the host of each endpoint: of the cloud, and of accounts that are there."""
    urls = list(setting(see, "endpoints"))
    for account in see.of_kind("account"):
        host = account.facts.get("account_endpoint")
        urls += [f"https://{host}"] if host else []
    return [(url, urlsplit(url).hostname or "") for url in urls]


@rule(
    "BP9001",
    "Requests are not repeated for long enough",
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
    params=[SECONDS],
)
def impatient_client(_: Subject, see: Scope) -> Iterator[Finding]:
    """Requests that fail are repeated for less than five minutes.

    Why: The service is moved and mended while it runs, and a minute without an answer is normal. A client that gives
    up leaves an apply half done.

    Instead: Leave the client's patience at its default, or raise it.

    Source: "Azure Batch best practices", Connectivity: retry requests automatically, for at least 5 minutes.

    Exceptions: an emulator, which answers or does not.
    """
    if see.context.settings.get("emulated"):
        raise Inapplicable("an emulator answers")
    patience = setting(see, "retry_seconds")
    if patience < see.param(SECONDS):
        yield Finding(
            f"Requests are repeated for {patience:g} seconds; the service asks for {see.param(SECONDS)} at least.",
            expected=see.param(SECONDS),
            actual=patience,
            remediation="Remove the shorter time from the provider's settings.",
        )


@rule(
    "BP9002",
    "Client does not ask DNS for the service",
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
    params=[DNS_SECONDS],
)
def names_not_resolved(_: Subject, see: Scope) -> Iterator[Finding]:
    """The service is reached by an IP address, or its name is resolved once and for all.

    Why: The addresses of the service change. When they do, a client that remembers them talks to nobody.

    Instead: Use the URL of the account, and let the resolver's answers age.

    Source: "Azure Batch best practices", Connectivity: honoring DNS. The lifetime of the answers is a minute or more;
    what is remembered for no longer is safe.

    Exceptions: an emulator on the own machine. Names of private links are names like others.
    """
    for url, host in _endpoints(see):
        if _is_address(host) and host not in LOOPBACK:
            yield Finding(
                f"The service is reached by an address, {url}; addresses change.",
                expected="a name",
                actual=host,
                remediation="Use the URL of the account or of the cloud.",
            )
    kept = setting(see, "dns_cache_seconds")
    if kept > see.param(DNS_SECONDS):
        yield Finding(
            f"The addresses of names are remembered for {kept:g} seconds; {see.param(DNS_SECONDS)} are the most that "
            "is safe.",
            expected=see.param(DNS_SECONDS),
            actual=kept,
            remediation="Use the client's own resolver settings.",
        )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@rule(
    "BP9003",
    "Connection is kept against the service's wish",
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def connection_kept(_: Subject, see: Scope) -> Iterator[Finding]:
    """After an error of the service with `Connection: close` the client goes on with the same connection.

    Why: With this header a part of the service says that it is about to go. Whoever stays on its connection gets errors
    until it is gone, and then none at all.

    Instead: Close the connection, resolve the name again, and repeat the request on a new connection, as the built-in
    transport does.

    Source: "Azure Batch best practices", Connectivity: honoring DNS.
    """
    if not setting(see, "closes_when_asked"):
        yield Finding(
            "The transport keeps a connection after an answer 5xx with Connection: close.",
            expected=True,
            actual=False,
            remediation="Use the built-in transport.",
        )


@rule("BP9004", "Connection is not secure", severity=Severity.ERROR, level=Level.HARD)
def insecure_connection(_: Subject, see: Scope) -> Iterator[Finding]:
    """An endpoint is reached without TLS, or with a version below 1.2.

    Why: Tokens and keys would be readable on their way; the service refuses older versions.

    Instead: Use https, and leave the least version of TLS alone.

    Source: Learn "Azure Batch security and compliance best practices": https and TLS 1.2.

    Exceptions: an emulator on the own machine.
    """
    for url, host in _endpoints(see):
        if not url.startswith("https://") and host not in LOOPBACK:
            yield Finding(
                f"The endpoint {url} is not reached by https.",
                expected="https",
                actual=url.partition("://")[0],
                remediation=f"Write https://{url.partition('://')[2]}.",
            )
    least = str(setting(see, "tls_minimum"))
    if tuple(int(part) for part in least.split(".")) < LEAST_TLS:
        yield Finding(
            f"TLS {least} is allowed; the service wants 1.2 at least.",
            expected="1.2",
            actual=least,
            remediation="Remove the setting that allows older versions of TLS.",
        )


@rule("BP9006", "Retry-After is ignored", phase=Phase.APPLY, severity=Severity.ERROR, level=Level.HARD)
def retry_after_ignored(_: Subject, see: Scope) -> Iterator[Finding]:
    """Requests are repeated earlier than the service asks.

    Why: `Retry-After` says when the service has room again. Whoever comes earlier is turned away once more, and makes
    it wait longer for everybody.

    Instead: Wait as long as the answer says, as the built-in transport does.

    Source: Learn "Handle errors and exceptions in Azure Batch": 429 and 503 with Retry-After.
    """
    if not setting(see, "honours_retry_after"):
        yield Finding(
            "The transport repeats requests earlier than Retry-After asks.",
            expected=True,
            actual=False,
            remediation="Use the built-in transport.",
        )
