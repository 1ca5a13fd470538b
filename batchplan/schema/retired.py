"""Members that earlier versions of the API had and 2025-06-01 does not, with what stands in for them.

From Azure's announcements of their retirement, and a comparison of the API's models 2024-07-01 and 2025-06-01.
"""

from collections.abc import Container, Mapping

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

RENAMED: Mapping[str, tuple[str, ...]] = {
    # Earlier versions of the API.
    "blob_source": ("http_url",),
    "max_tasks_per_node": ("task_slots_per_node",),
    "run_elevated": ('user_identity { auto_user { elevation_level = "Admin" } }',),
    "target_dedicated": ("target_dedicated_nodes",),
    "virtual_machine_image_id": ("id",),
    # The azurerm provider of Terraform.
    "accelerated_networking_enabled": ("enable_accelerated_networking",),
    "account_name": ("account_id",),
    "automatic_upgrade_enabled": ("enable_automatic_upgrade",),
    "azure_blob_file_system": ("azure_blob_file_system_configuration",),
    "azure_file_share": ("azure_file_share_configuration",),
    "backend_port": ("inbound_nat_pools { backend_port = … }",),
    "batch_pool_id": ("pool_info { pool_id = … }",),
    "cifs_mount": ("cifs_mount_configuration",),
    "common_environment_properties": (
        "environment_settings { name = … value = … }",
        "common_environment_settings { name = … value = … }",
    ),
    "container": ("container_settings",),
    "disk_encryption": ("disk_encryption_configuration { targets = […] }",),
    "environment": ("environment_settings { name = … value = … }",),
    "frontend_port_range": (
        "frontend_port_range_start and frontend_port_range_end",
        "inbound_nat_pools { frontend_port_range_start = … frontend_port_range_end = … }",
    ),
    "host_encryption_enabled": ("encryption_at_host",),
    "identity_id": ("identity_reference { resource_id = … }",),
    "identity_ids": ("user_assigned_identities",),
    "mount": ("mount_configuration",),
    "nfs_mount": ("nfs_mount_configuration",),
    "node_deallocation_method": ("node_deallocation_option",),
    "node_placement": ("node_placement_configuration",),
    "os_disk_placement": ("os_disk { ephemeral_os_disk_settings { placement = … } }",),
    "public_address_provisioning_type": ("public_ip_address_configuration { provision = … }",),
    "public_ips": ("public_ip_address_configuration { ip_address_ids = … }",),
    "public_network_access_enabled": ('public_network_access = "Enabled", or "Disabled"',),
    "resource_file": ("resource_files",),
    "resource_group_name": ("account_id",),
    "run_options": ("container_run_options",),
    "secure_boot_enabled": ("uefi_settings { secure_boot_enabled = … }",),
    "settings_json": ("settings, which takes any value",),
    "storage_account_authentication_mode": ("auto_storage { authentication_mode = … }",),
    "storage_account_id": ("auto_storage { storage_account_id = … }",),
    "storage_account_node_identity": ("auto_storage { node_identity_reference { resource_id = … } }",),
    "storage_image_reference": ("image_reference",),
    "task_retry_maximum": ("max_task_retry_count", "constraints { max_task_retry_count = … }"),
    "user_assigned_identity_id": ("identity_reference { resource_id = … }",),
    "vtpm_enabled": ("uefi_settings { v_tpm_enabled = … }",),
    "windows": ("windows_configuration",),
}
"""What members are called elsewhere: what stands for them here, of which the first word is a member of the block it fits."""


def renamed(name: str, members: Container[str]) -> str:
    """Return what stands in a block with such members for a name from elsewhere, or nothing."""
    return next((text for text in RENAMED.get(name, ()) if text.split()[0].rstrip(",") in members), "")
