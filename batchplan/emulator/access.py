"""Who may call: bearer tokens on both planes. Shared keys are `wire.sharedkey`'s."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.tokens import InvalidToken, Issuer


@dataclass(frozen=True, slots=True)
class Audience:
    """What a token may be for: hosts of the real service, its first-party application, or the emulator itself."""

    hosts: frozenset[str]
    application: str

    def accepts(self, claim: str, url: str) -> bool:
        """Tell whether an `aud` claim names this service, or the emulator at a URL.

        A slash at the end does not matter, nor which loopback name the emulator goes by.
        """
        if claim == self.application:
            return True
        try:
            named, own = urlsplit(claim), urlsplit(url)
            ports = named.port, own.port
        except ValueError:
            return False
        return named.hostname in self.hosts or (ports[0] is not None and ports[0] == ports[1])

    def __str__(self) -> str:
        return ", ".join(f"'https://{each}/'" for each in sorted(self.hosts))


ARM = Audience(
    frozenset({"management.azure.com", "management.core.windows.net"}), "797f4846-ba00-4fd7-ba43-dac1f8f63013"
)
BATCH = Audience(frozenset({"batch.core.windows.net"}), "ddbf3205-c6bd-46ae-8127-60eb93363864")


def check(issuer: Issuer, authorization: str | None, audience: Audience, url: str) -> dict[str, Any]:
    """Return the claims of a bearer token; raise ServiceError 401 as Azure Resource Manager words it.

    `url` is the one the request was sent to.
    """
    if not authorization:
        raise _unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized(
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is provided in an invalid format.",
        )
    try:
        claims = issuer.check(token.strip())
    except InvalidToken as error:
        code = "ExpiredAuthenticationToken" if error.expired else "InvalidAuthenticationToken"
        raise _unauthorized(code, f"The access token is invalid: {error}.") from error
    claim = str(claims.get("aud", ""))
    if claims.get("typ") == "refresh" or not audience.accepts(claim, url):
        raise _unauthorized(
            "InvalidAuthenticationTokenAudience",
            f"The access token has been obtained for wrong audience or resource '{claim}'. It should exactly match "
            f"with one of the allowed audiences {audience}.",
        )
    return claims


def challenge(tenant: str, error: ServiceError) -> dict[str, str]:
    """Return the WWW-Authenticate header that goes with a 401."""
    uri = f"https://login.windows.net/{tenant}"
    text = error.message.replace('"', "'")
    return {"WWW-Authenticate": f'Bearer authorization_uri="{uri}", error="invalid_token", error_description="{text}"'}


def _unauthorized(code: str, message: str) -> ServiceError:
    return ServiceError(401, code, message)
