"""Members that earlier versions of the API had and 2025-06-01 does not, with what stands in for them.

From Azure's announcements of their retirement, and a comparison of the API's models 2024-07-01 and 2025-06-01.
"""

from collections.abc import Mapping

_CLOUD_SERVICES = (
    "Cloud Services pools were retired on 29 February 2024. Use image_reference and node_agent_sku_id, and a vm_size "
    "such as standard_d2s_v3."
)
_CERTIFICATES = (
    "Certificates of Batch accounts were retired on 29 February 2024. Keep them in a key vault, and have them installed "
    "by its VM extension: see extensions."
)

RETIRED: Mapping[str, str] = {
    "cloud_service_configuration": _CLOUD_SERVICES,
    "certificate": _CERTIFICATES,
    "certificates": _CERTIFICATES,
    "certificate_references": _CERTIFICATES,
    "application_licenses": "The API has no licenses of applications any more. Leave it out, and bring your own license.",
    "authentication_token_settings": (
        "The API gives tasks no token for their account any more. Leave it out, and let the task sign in with an identity "
        "of its pool: see identity."
    ),
    "resource_tags": (
        "The API has no tags any more that the resources behind a pool would get. Leave it out; those of the pool itself "
        "are tags."
    ),
    "target_node_communication_mode": (
        "The classic mode was retired on 31 March 2026, and the API has no choice of it any more: all nodes communicate "
        "in the simplified way. Leave it out."
    ),
    "storage_account_type": "It is storage_account_type of the block managed_disk now.",
}
"""By name as it would be written here: why there is none, and what to do."""

DROPPED: Mapping[str, str] = {
    "applicationLicenses": "application_licenses",
    "authenticationTokenSettings": "authentication_token_settings",
    "certificateReferences": "certificate_references",
    "certificates": "certificates",
    "resourceTags": "resource_tags",
    "targetNodeCommunicationMode": "target_node_communication_mode",
}
"""Members of earlier answers that have no place in the present ones, by their names in JSON: objects may have them still."""

INSTEAD: Mapping[str, str] = {
    "image_reference": f" {_CLOUD_SERVICES}",
    "virtual_machine_configuration": f" {_CLOUD_SERVICES}",
}
"""What is said besides where a member is missing that took the place of a retired one."""
