"""What this client is like: what policy asks of whoever calls the service."""

import ssl
from collections.abc import Mapping
from typing import Any

from batchplan.azure.clients import DNS_SECONDS, trust
from batchplan.azure.rawjson import API_VERSION
from batchplan.azure.settings import AzureSettings


def client_facts(settings: AzureSettings) -> Mapping[str, Any]:
    """Return the client's settings by the names that rules of the family CLIENT use.

    `closes_when_asked`: aiohttp gives no connection back to its pool after an answer with `Connection: close`, whatever
    its status, so that the next call opens another one, with the name resolved anew after `dns_cache_seconds`.
    `honours_retry_after`: `azure.retry` waits at least as long as an answer asks, for up to ten minutes.
    """
    verified = trust(settings.cloud.ca_file)
    context = verified if isinstance(verified, ssl.SSLContext) else ssl.create_default_context()
    return {
        "retry_seconds": settings.patience,
        "endpoints": [settings.cloud.arm_endpoint],
        "closes_when_asked": True,
        "honours_retry_after": True,
        "dns_cache_seconds": DNS_SECONDS,
        "tls_minimum": _version(context.minimum_version),
        "api_versions": {"management": API_VERSION, "data_plane": API_VERSION},
    }


def _version(found: ssl.TLSVersion) -> str:
    """Return a version of TLS as people write it; the least that there is where the library sets no limit."""
    names = {ssl.TLSVersion.TLSv1_2: "1.2", ssl.TLSVersion.TLSv1_3: "1.3", ssl.TLSVersion.TLSv1_1: "1.1"}
    return names.get(found, "1.0")
