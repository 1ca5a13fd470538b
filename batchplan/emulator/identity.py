"""The emulated Entra ID: cloud metadata, OpenID configuration, tokens, managed identity.

Every tenant id a client names exists, and by default every client id does, with any secret but an empty one.
"""

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from batchplan.emulator.catalogue import document
from batchplan.emulator.tokens import LIFETIME, InvalidToken, Issuer
from batchplan.emulator.wire.http import Reply, Request

TENANT = "11111111-1111-1111-1111-111111111111"
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Directory:
    """Who exists. `credentials` maps client ids to secrets; None lets everybody in."""

    tenant: str = TENANT
    subscription: str = SUBSCRIPTION
    credentials: Mapping[str, str] | None = None


@dataclass(eq=False)
class Refusal(Exception):
    """An OAuth error: status, its word, the number of the AADSTS code, and a sentence."""

    status: int
    error: str
    number: int
    description: str

    def __str__(self) -> str:
        return f"AADSTS{self.number}: {self.description}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Answers identity requests and makes tokens."""

    directory: Directory
    issuer: Issuer

    def handle(self, request: Request) -> Reply | None:
        """Return the answer to an identity request, or None when the path is none of ours."""
        for method, pattern, answer in _ROUTES:
            found = pattern.fullmatch(request.path)
            if found is None:
                continue
            if request.method not in {method, "HEAD"}:
                return _json(405, {"error": "invalid_request", "error_description": "Method not allowed."})
            try:
                return answer(self, request, found.groupdict().get("tenant", ""))
            except Refusal as refusal:
                return _refused(refusal)
        return None

    def token(self, audience: str, *, client_id: str = "", tenant: str = "", base_url: str = "") -> str:
        """Return an access token for an audience, as the token endpoint would."""
        return self.issuer.sign(self._claims(audience, client_id, tenant, base_url))

    def _claims(self, audience: str, client_id: str, tenant: str, base_url: str) -> dict[str, Any]:
        tid = tenant if _GUID.fullmatch(tenant) else self.directory.tenant
        client = client_id or "00000000-0000-0000-0000-000000000001"
        oid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tid}/{client}"))
        return {
            "aud": audience,
            "iss": f"{base_url}/{tid}/",
            "appid": client,
            "appidacr": "1",
            "idp": f"{base_url}/{tid}/",
            "idtyp": "app",
            "oid": oid,
            "sub": oid,
            "tid": tid,
            "uti": uuid.uuid4().hex[:22],
            "ver": "1.0",
        }

    # Endpoints. Each takes the request and the tenant of its path.

    def metadata(self, request: Request, _tenant: str) -> Reply:
        """Answer `/metadata/endpoints`: one cloud from 2022-09-01 on, a list before, another form in 2015-01-01."""
        cloud = _filled(_cloud(), request.base_url)
        version = request.query.get("api-version", "")
        if version == "2015-01-01":
            return _json(
                200,
                {
                    "galleryEndpoint": cloud["gallery"],
                    "graphEndpoint": cloud["graph"],
                    "portalEndpoint": cloud["portal"],
                    "authentication": {key: cloud["authentication"][key] for key in ("loginEndpoint", "audiences")},
                },
            )
        if version == "" or version < "2022-09-01":
            return _json(200, [cloud])
        return _json(200, cloud)

    def configuration(self, request: Request, tenant: str) -> Reply:
        """Answer the OpenID configuration of a tenant, of either endpoint version."""
        version = "/v2.0" if "/v2.0/" in request.path else ""
        root = f"{request.base_url}/{tenant}"
        return _json(
            200,
            {
                "token_endpoint": f"{root}/oauth2{version}/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "jwks_uri": f"{root}/discovery{version}/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": f"{root}{version}" if version else f"{root}/",
                "request_uri_parameter_supported": False,
                "authorization_endpoint": f"{root}/oauth2{version}/authorize",
                "device_authorization_endpoint": f"{root}/oauth2{version}/devicecode",
                "end_session_endpoint": f"{root}/oauth2{version}/logout",
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "oid", "appid", "ver"],
                "tenant_region_scope": "EU",
                "cloud_instance_name": urlsplit(request.base_url).netloc,
                "cloud_graph_host_name": "graph.windows.net",
                "msgraph_host": "graph.microsoft.com",
            },
        )

    def instance(self, request: Request, _tenant: str) -> Reply:
        """Answer the instance discovery that MSAL asks of an authority it does not know."""
        host = urlsplit(request.base_url).netloc
        return _json(
            200,
            {
                "tenant_discovery_endpoint": f"{request.base_url}/common/v2.0/.well-known/openid-configuration",
                "api-version": request.query.get("api-version", "1.1"),
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            },
        )

    def keys(self, _request: Request, _tenant: str) -> Reply:
        """Answer the public keys."""
        return _json(200, self.issuer.jwks())

    def grant(self, request: Request, tenant: str) -> Reply:
        """Answer the token endpoint of either version; raise Refusal."""
        form = _form(request)
        kind = _needed(form, "grant_type")
        if kind == "client_credentials":
            client = self._client(form)
            return self._granted(request, tenant, client, _audience(form, request, app=True), form)
        if kind == "refresh_token":
            client, audience = self._refreshed(_needed(form, "refresh_token"))
            if form.get("scope") or form.get("resource"):
                audience = _audience(form, request, app=False)
            return self._granted(request, tenant, client, audience, {**form, "offline": "1"})
        if kind in _NO_USERS:
            raise Refusal(400, "unauthorized_client", 700016, "There are no users here; sign in as an application.")
        raise Refusal(400, "unsupported_grant_type", 70003, f"The app requested an unsupported grant type '{kind}'.")

    def no_users(self, request: Request, _tenant: str) -> Reply:
        """Refuse flows that need a person."""
        _form(request)
        raise Refusal(400, "unauthorized_client", 700016, "There are no users here; sign in as an application.")

    def app_service(self, request: Request, _tenant: str) -> Reply:
        """Answer `/msi/token`, the managed identity endpoint of App Service and its like."""
        if not (request.headers.get("x-identity-header") or request.headers.get("secret")):
            return _json(401, {"statusCode": 401, "message": "The X-IDENTITY-HEADER header is missing."})
        return self._managed(request)

    def imds(self, request: Request, _tenant: str) -> Reply:
        """Answer the Instance Metadata Service's token path."""
        if request.headers.get("metadata", "").lower() != "true":
            return _json(
                400, {"error": "invalid_request", "error_description": "Required metadata header not specified"}
            )
        return self._managed(request)

    def _managed(self, request: Request) -> Reply:
        resource = request.query.get("resource")
        if not resource:
            return _json(
                400, {"error": "invalid_request", "error_description": "Required query variable 'resource' is missing"}
            )
        named = [
            request.query.get(key) for key in ("client_id", "object_id", "mi_res_id", "msi_res_id", "principal_id")
        ]
        client = next((each for each in named if each), "00000000-0000-0000-0000-000000000002")
        now = int(self.issuer.clock())
        return _json(
            200,
            {
                "access_token": self.token(
                    resource.removesuffix("/.default"), client_id=client, base_url=request.base_url
                ),
                "client_id": client,
                "expires_in": str(LIFETIME),
                "expires_on": str(now + LIFETIME),
                "ext_expires_in": str(LIFETIME),
                "not_before": str(now),
                "resource": resource,
                "token_type": "Bearer",
            },
        )

    def _client(self, form: Mapping[str, str]) -> str:
        client = _needed(form, "client_id")
        if "client_secret" not in form and "client_assertion" not in form:
            raise Refusal(
                401,
                "invalid_client",
                7000216,
                "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
            )
        secret = form.get("client_secret") or form.get("client_assertion")
        known = self.directory.credentials
        if not secret or (known is not None and known.get(client) != secret):
            if known is not None and client not in known:
                raise Refusal(
                    400, "unauthorized_client", 700016, f"Application with identifier '{client}' was not found."
                )
            raise Refusal(401, "invalid_client", 7000215, "Invalid client secret provided.")
        return client

    def _refreshed(self, token: str) -> tuple[str, str]:
        try:
            claims = self.issuer.check(token)
        except InvalidToken as error:
            number = 700082 if error.expired else 9002313
            raise Refusal(400, "invalid_grant", number, f"The refresh token cannot be used: {error}.") from error
        if claims.get("typ") != "refresh":
            raise Refusal(400, "invalid_grant", 9002313, "The token is no refresh token.")
        return str(claims["appid"]), str(claims["aud"])

    def _granted(self, request: Request, tenant: str, client: str, audience: str, form: Mapping[str, str]) -> Reply:
        claims = self._claims(audience, client, tenant, request.base_url)
        body: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "access_token": self.issuer.sign(claims),
        }
        if "/v2.0/" not in request.path:
            now = int(self.issuer.clock())
            more = {"expires_on": now + LIFETIME, "not_before": now, "resource": audience}
            body = {**{key: str(each) for key, each in body.items()}, **{key: str(each) for key, each in more.items()}}
        if "offline" in form or "offline_access" in form.get("scope", "").split():
            body["refresh_token"] = self.issuer.sign({**claims, "typ": "refresh"}, lifetime=90 * 86400)
        return _json(200, body)


_NO_USERS = {
    "authorization_code",
    "password",
    "device_code",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
}

_Answer = Callable[[Identity, Request, str], Reply]
_T = r"/(?P<tenant>[^/]+)"
_ROUTES: tuple[tuple[str, re.Pattern[str], _Answer], ...] = tuple(
    (method, re.compile(pattern, re.IGNORECASE), answer)
    for method, pattern, answer in (
        ("GET", r"/metadata/endpoints/?", Identity.metadata),
        ("GET", r"/msi/token/?", Identity.app_service),
        ("GET", r"/metadata/identity/oauth2/token/?", Identity.imds),
        ("GET", _T + r"/discovery/instance", Identity.instance),
        ("GET", _T + r"(/v2\.0)?/\.well-known/openid-configuration", Identity.configuration),
        ("GET", _T + r"/discovery(/v2\.0)?/keys", Identity.keys),
        ("POST", _T + r"/oauth2(/v2\.0)?/token", Identity.grant),
        ("POST", _T + r"/oauth2(/v2\.0)?/devicecode", Identity.no_users),
        ("GET", _T + r"/oauth2(/v2\.0)?/authorize", Identity.no_users),
    )
)


@cache
def _cloud() -> dict[str, Any]:
    endpoints: dict[str, Any] = document("cloud.json")["endpoints"]
    return endpoints


def _filled(value: Any, base: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, base) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, base) for each in value]
    return value.replace("{base}", base)


def _form(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    except ValueError as error:
        raise Refusal(400, "invalid_request", 9002313, "The request body is no form.") from error


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        text = f"The request body must contain the following parameter: '{name}'."
        raise Refusal(400, "invalid_request", 900144, text)
    return form[name]


def _audience(form: Mapping[str, str], request: Request, *, app: bool) -> str:
    """Return the resource a token is for: `resource` of the first endpoint version, the scope's of the second."""
    if "/v2.0/" not in request.path and form.get("resource"):
        return form["resource"]
    scopes = [each for each in _needed(form, "scope").split() if each not in {"openid", "profile", "offline_access"}]
    if len(scopes) != 1 or (app and not scopes[0].endswith("/.default")):
        text = f"The provided value for scope {form['scope']} is not valid. It must be one resource and '/.default'."
        raise Refusal(400, "invalid_scope", 1002012 if app else 70011, text)
    return scopes[0].removesuffix("/.default") if app else scopes[0].rpartition("/")[0]


def _refused(refusal: Refusal) -> Reply:
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return _json(
        refusal.status,
        {
            "error": refusal.error,
            "error_description": f"{refusal} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}",
            "error_codes": [refusal.number],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
        },
    )


def _json(status: int, body: Any) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "Pragma": "no-cache"}
    return Reply(status, headers, json.dumps(body).encode())
