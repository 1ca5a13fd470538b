"""What the schema finds wrong with configurations, where, and in which words."""

import pytest

ACCOUNT_ID = "/subscriptions/0/resourceGroups/rg-render/providers/Microsoft.Batch/batchAccounts/acmerenderweu"

POOL = f"""
pool "render" {{
  account_id        = "{ACCOUNT_ID}"
  name              = "render"
  vm_size           = "standard_d4s_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {{
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }}
  fixed_scale {{ target_dedicated_nodes = 8 }}
  EXTRA
}}
"""

ACCOUNT = """
account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
  EXTRA
}
"""


def test_a_usual_pool_and_account_are_right(faults) -> None:
    """A pool and an account as most people write them have no fault."""
    assert faults((POOL + ACCOUNT).replace("EXTRA", "")) == []


POOL_CASES = {
    "unknown argument": ("vm_sise = 1", "E0303", "vm_sise", 'Did you mean "vm_size"?'),
    "retired block": (
        'cloud_service_configuration {\n os_family = "6"\n}',
        "E0301",
        "cloud_service_configuration",
        "Use image_reference",
    ),
    "retired argument": (
        'target_node_communication_mode = "Simplified"',
        "E0303",
        "target_node_communication_mode",
        "Leave it out",
    ),
    "name of an earlier API": ("max_tasks_per_node = 4", "E0303", "max_tasks_per_node", "Write task_slots_per_node."),
    "name of another tool": (
        'storage_image_reference {\n id = "a"\n}',
        "E0301",
        "storage_image_reference",
        "Write image_reference.",
    ),
    "name of another tool, inside": (
        'start_task {\n command_line = "a"\n common_environment_properties = {}\n}',
        "E0303",
        "common_environment_properties",
        "Write environment_settings {",
    ),
    "computed argument": ('pool_id = "x"', "E0303", "pool_id", "can be read but not set"),
    "block as argument": ("start_task = {}", "E0303", "start_task", "is a block: write start_task { … }"),
    "argument as block": ("vm_size {}", "E0301", "vm_size", "is an argument: write vm_size = …"),
    "unknown block": ('metdata { name = "a" }', "E0301", "metdata", 'Did you mean "metadata"?'),
    "label where none is": ('start_task "x" { command_line = "a" }', "E0302", 'start_task "x"', "has no label"),
    "no label where one is": ("backup { }", "E0302", "backup", "has one label"),
    "block twice": (
        'start_task { command_line = "a" }\n  start_task { command_line = "b" }',
        "E0323",
        "start_task",
        "may be given once",
    ),
    "missing argument": ('metadata { name = "a" }', "E0304", "metadata", '"value" is required'),
    "wrong type": ('task_slots_per_node = "many"', "E0307", '"many"', "a number is required"),
    "fraction": ("task_slots_per_node = 1.5", "E0307", "1.5", "a whole number"),
    "above the range": ("task_slots_per_node = 300", "E0307", "300", "1 to 256"),
    "more slots than cores carry": ("task_slots_per_node = 17", "E0307", "17", "at most 16 slots"),
    "unknown choice": ('inter_node_communication = "On"', "E0307", '"On"', '"Enabled" or "Disabled"'),
    "second scale": ('auto_scale { formula = "$TargetDedicatedNodes=1;" }', "E0307", "auto_scale", "Only one of"),
    "nothing in a start task": ("start_task { }", "E0304", "start_task", '"command_line"'),
    "two sources of a file": (
        """start_task {
    command_line = "a"
    resource_files {
      http_url = "https://x/y"
      file_path = "y"
      storage_container_url = "https://x"
    }
  }""",
        "E0307",
        '"https://x/y"',
        "Only one of",
    ),
    "no place for a file": (
        'start_task {\n  command_line = "a"\n  resource_files { http_url = "https://x" }\n}',
        "E0307",
        '"https://x"',
        '"file_path"',
    ),
    "file outside of the task's folder": (
        'start_task {\n command_line = "a"\n resource_files {\n http_url = "https://x"\n file_path = "a/../../b"\n }\n}',
        "E0307",
        '"a/../../b"',
        "without a step ..",
    ),
    "user that is not there": (
        'start_task {\n  command_line = "a"\n  user_identity { user_name = "bob" }\n}',
        "E0307",
        '"bob"',
        'no user "bob"',
    ),
    "reserved port": (
        """network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name = "ssh"
        protocol = "tcp"
        backend_port = 29876
        frontend_port_range_start = 1
        frontend_port_range_end = 100
      }
    }
  }""",
        "E0307",
        "29876",
        "29876-29877",
    ),
    "subnet that is no id": ('network_configuration { subnet_id = "default" }', "E0307", '"default"', "ARM id"),
    "linux user half": (
        'user_accounts {\n  name = "a"\n  password = "p"\n  linux_user_configuration { uid = 1 }\n}',
        "E0307",
        "1",
        "together",
    ),
    "windows block on linux": ("windows_configuration { }", "E0307", "windows_configuration", "the image is Linux"),
    "two kinds of mount": (
        """mount_configuration {
    nfs_mount_configuration {
      source = "s"
      relative_mount_path = "p"
    }
    azure_blob_file_system_configuration {
      account_name = "a"
      container_name = "c"
      relative_mount_path = "p"
      account_key = "k"
    }
  }""",
        "E0307",
        "nfs_mount_configuration",
        "Only one of",
    ),
    "packages beyond ten": (
        'dynamic "application_packages" {\n for_each = range(11)\n content { id = "'
        + ACCOUNT_ID
        + '/applications/a${application_packages.value}" }\n}',
        "E0307",
        'dynamic "application_packages"',
        "at most 10 entries",
    ),
    "package of another account": (
        'application_packages { id = "' + ACCOUNT_ID + '2/applications/a" }',
        "E0307",
        '"' + ACCOUNT_ID + '2/applications/a"',
        "in another account than the pool",
    ),
    "encryption of one disk": (
        'disk_encryption_configuration { targets = ["OsDisk"] }',
        "E0307",
        '["OsDisk"]',
        'only with "TemporaryDisk" beside it',
    ),
    "short timeout": (
        'replacement {\n  drain { timeout = "PT1S" }\n}',
        "E0307",
        '"PT1S"',
        "at least PT1M",
    ),
    "strategy": ('replacement { strategy = "blue_gren" }', "E0307", '"blue_gren"', 'Did you mean "blue_green"?'),
    "backup with fewer cores": (
        f"""task_slots_per_node = 16
  backup "north" {{
    account_id = "{ACCOUNT_ID}"
    vm_size    = "standard_d2s_v5"
  }}""",
        "E0307",
        'backup "north"',
        "at most 8 slots",
    ),
    "suppression without a reason": ('suppress "BP1307" { }', "E0304", 'suppress "BP1307"', '"reason"'),
}


@pytest.mark.parametrize(("extra", "code", "at", "words"), POOL_CASES.values(), ids=POOL_CASES.keys())
def test_one_mistake_in_a_pool_is_one_fault(faults, extra: str, code: str, at: str, words: str) -> None:
    """Each mistake is reported once, at the text that is to change."""
    found = faults(POOL.replace("EXTRA", extra))
    assert len(found) == 1, found
    assert found[0][0] == code
    assert found[0][1].startswith(at)
    assert words in found[0][2]


MORE_POOL_CASES = {
    "upgrades twice": (
        """node_agent_sku_id = "batch.node.windows amd64"
  windows_configuration { enable_automatic_updates = true }
  upgrade_policy {
    mode = "Rolling"
    automatic_os_upgrade_policy { enable_automatic_os_upgrade = true }
  }""",
        "true",
        "exclude each other",
    ),
    "zones without zones": (
        """upgrade_policy {
    mode = "rolling"
    rolling_upgrade_policy { enable_cross_zone_upgrade = true }
  }""",
        "true",
        '"Zonal"',
    ),
    "batch above the unhealthy": (
        """upgrade_policy {
    mode = "rolling"
    rolling_upgrade_policy {
      max_batch_instance_percent     = 50
      max_unhealthy_instance_percent = 20
    }
  }""",
        "50",
        "which is 20",
    ),
    "key without an identity": (
        """disk_encryption_configuration {
    targets = ["OsDisk", "TemporaryDisk"]
    customer_managed_key { key_url = "https://v.vault.azure.net/keys/k/1" }
  }""",
        "customer_managed_key",
        '"identity"',
    ),
    "one disk of windows": (
        """node_agent_sku_id = "batch.node.windows amd64"
  disk_encryption_configuration { targets = ["OsDisk"] }""",
        '["OsDisk"]',
        'only with "TemporaryDisk" beside it',
    ),
    "more nodes than addresses carry": (
        """network_configuration {
    public_ip_address_configuration {
      provision      = "UserManaged"
      ip_address_ids = ["/subscriptions/0/resourceGroups/r/providers/Microsoft.Network/publicIPAddresses/a"]
    }
  }
  fixed_scale { target_dedicated_nodes = 101 }""",
        "101",
        "at most 100 nodes",
    ),
    "addresses nobody manages": (
        """network_configuration {
    public_ip_address_configuration {
      ip_address_ids = ["/subscriptions/0/resourceGroups/r/providers/Microsoft.Network/publicIPAddresses/a"]
    }
  }""",
        "[",
        '"UserManaged"',
    ),
    "endpoints without addresses": (
        """network_configuration {
    public_ip_address_configuration { provision = "nopublicipaddresses" }
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "ssh"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 1
        frontend_port_range_end   = 100
      }
    }
  }""",
        "endpoint_configuration",
        "need public addresses",
    ),
    "overlapping ranges": (
        """network_configuration {
    endpoint_configuration {
      dynamic "inbound_nat_pools" {
        for_each = [1, 50]
        content {
          name                      = "p${inbound_nat_pools.value}"
          protocol                  = "tcp"
          backend_port              = inbound_nat_pools.value
          frontend_port_range_start = inbound_nat_pools.value
          frontend_port_range_end   = 100
        }
      }
    }
  }""",
        "inbound_nat_pools.value",
        "must not overlap",
    ),
    "one priority twice": (
        """network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "ssh"
        protocol                  = "tcp"
        backend_port              = 22
        frontend_port_range_start = 1
        frontend_port_range_end   = 100
        dynamic "network_security_group_rules" {
          for_each = ["10.0.0.0/8", "Internet"]
          content {
            priority              = 150
            access                = "Allow"
            source_address_prefix = network_security_group_rules.value
          }
        }
      }
    }
  }""",
        'dynamic "network_security_group_rules"',
        "priority 150",
    ),
    "disk twice": (
        """dynamic "data_disks" {
    for_each = [10, 20]
    content {
      lun          = 0
      disk_size_gb = data_disks.value
    }
  }""",
        "0",
        '"0" is there twice',
    ),
    "image by id and by name": (
        """image_reference {
    publisher = "a"
    id        = "/subscriptions/0/resourceGroups/r/providers/Microsoft.Compute/galleries/g/images/i"
  }""",
        '"a"',
        "names the image alone",
    ),
    "registry with both": (
        """container_configuration {
    type = "DockerCompatible"
    container_registries {
      user_name = "a"
      password  = "b"
      identity_reference {
        resource_id = "/subscriptions/0/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
      }
    }
  }""",
        '"b"',
        "Only one of",
    ),
    "surge of a plain strategy": (
        'replacement {\n  strategy = "recreate"\n  surge = "50%"\n}',
        '"50%"',
        'belongs to the strategy "blue_green"',
    ),
    "tag that is too long": ('tags = { a = "%s" }' % ("x" * 257), "{", "257 characters"),
}


def with_extra(extra: str) -> str:
    """Return the pool with more members; what it sets already gives way."""
    kept = POOL
    if "image_reference" in extra:
        kept = kept[: kept.index("  image_reference")] + kept[kept.index("  fixed_scale") :]
    if "fixed_scale" in extra:
        kept = kept.replace("  fixed_scale { target_dedicated_nodes = 8 }\n", "")
    if "node_agent_sku_id" in extra:
        kept = kept.replace('  node_agent_sku_id = "batch.node.ubuntu 22.04"\n', "")
    return kept.replace("EXTRA", extra)


@pytest.mark.parametrize(("extra", "at", "words"), MORE_POOL_CASES.values(), ids=MORE_POOL_CASES.keys())
def test_members_that_do_not_go_together_are_one_fault(faults, extra: str, at: str, words: str) -> None:
    """A combination the service refuses is reported once, with what to change."""
    (found,) = faults(with_extra(extra))
    assert found[0] == "E0307"
    assert found[1].startswith(at)
    assert words in found[2]


JOB = f"""
job "nightly" {{
  account_id = "{ACCOUNT_ID}"
  name       = "nightly"
  EXTRA
}}
"""
ON_POOL = 'pool_info { pool_id = "render" }\n'
AUTO_POOL = """pool_info {
    auto_pool_specification {
      pool_lifetime_option = "LIFE"
      pool {
        vm_size = "standard_d2s_v3"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "canonical"
            offer     = "0001-com-ubuntu-server-jammy"
            sku       = "22_04-lts"
          }
        }
        MORE
      }
    }
  }
"""
JOB_CASES = {
    "no pool": ("", "E0304", "job", '"pool_info" is required'),
    "pool of two sorts": ("pool_info { }", "E0304", "pool_info", 'One of "pool_id" or "auto_pool_specification"'),
    "priority": (ON_POOL + "priority = 1001", "E0307", "1001", "-1000 to 1000"),
    "no tasks at a time": (ON_POOL + "max_parallel_tasks = 0", "E0307", "0", "-1 for no limit"),
    "duration": (
        ON_POOL + 'constraints { max_wall_clock_time = "1h" }',
        "E0307",
        '"1h"',
        "ISO 8601",
    ),
    "release without preparation": (
        ON_POOL + 'job_release_task { command_line = "a" }',
        "E0307",
        "job_release_task",
        '"job_preparation_task"',
    ),
    "pool of a schedule": (
        AUTO_POOL.replace("LIFE", "JobSchedule").replace("MORE", ""),
        "E0307",
        '"JobSchedule"',
        "needs a schedule",
    ),
    "autoscale without a formula": (
        AUTO_POOL.replace("LIFE", "Job").replace("MORE", "enable_auto_scale = true"),
        "E0307",
        "true",
        '"auto_scale_formula" is required',
    ),
    "slots of the auto pool": (
        AUTO_POOL.replace("LIFE", "Job").replace("MORE", "task_slots_per_node = 9"),
        "E0307",
        "9",
        "at most 8 slots",
    ),
}


@pytest.mark.parametrize(("extra", "code", "at", "words"), JOB_CASES.values(), ids=JOB_CASES.keys())
def test_one_mistake_in_a_job_is_one_fault(faults, extra: str, code: str, at: str, words: str) -> None:
    """Each mistake is reported once, at the text that is to change."""
    (found,) = faults(JOB.replace("EXTRA", extra))
    assert found[0] == code
    assert found[1].startswith(at)
    assert words in found[2]


def test_an_auto_pool_is_right(faults) -> None:
    """A job with a pool of its own has no fault."""
    assert faults(JOB.replace("EXTRA", AUTO_POOL.replace("LIFE", "Job").replace("MORE", ""))) == []


SCHEDULE = f"""
job_schedule "nightly" {{
  account_id = "{ACCOUNT_ID}"
  name       = "nightly"
  schedule {{
    SCHEDULE
  }}
  job_specification {{
    pool_info {{ pool_id = "render" }}
  }}
}}
"""
SCHEDULE_CASES = {
    "short interval": ('recurrence_interval = "PT30S"', '"PT30S"', "at least PT1M"),
    "no moment": ('do_not_run_until = "tomorrow"', '"tomorrow"', "a date and time"),
    "moment without offset": ('do_not_run_until = "2027-01-01T00:00:00"', '"2027', "a date and time"),
    "end before start": (
        'do_not_run_until = "2027-01-02T00:00:00Z"\n do_not_run_after = "2027-01-01T00:00:00Z"',
        '"2027-01-01',
        "not after do_not_run_until",
    ),
}


@pytest.mark.parametrize(("text", "at", "words"), SCHEDULE_CASES.values(), ids=SCHEDULE_CASES.keys())
def test_one_mistake_in_a_schedule_is_one_fault(faults, text: str, at: str, words: str) -> None:
    """Each mistake is reported once, at the text that is to change."""
    (found,) = faults(SCHEDULE.replace("SCHEDULE", text))
    assert found[0] == "E0307"
    assert found[1].startswith(at)
    assert words in found[2]


def test_a_schedule_is_right(faults) -> None:
    """A daily schedule has no fault."""
    assert faults(SCHEDULE.replace("SCHEDULE", 'recurrence_interval = "PT24H"')) == []


PACKAGES = f"""
application "blender" {{
  account_id = "{ACCOUNT_ID}"
  name       = "blender"
}}
application_package "blender" {{
  application_id = "{ACCOUNT_ID}/applications/blender"
  version        = "4.2"
  source         = "blender.zip"
}}
"""


def test_an_application_and_its_package(faults) -> None:
    """Names are checked; a version may hold dots but not start with one."""
    assert faults(PACKAGES) == []
    (found,) = faults(PACKAGES.replace('"4.2"', '".2"'))
    assert found[:2] == ("E0307", '".2"')
    (found,) = faults(PACKAGES.replace("/applications/blender", ""))
    assert "applications/…" in found[2]


def test_formulas_are_parsed(faults) -> None:
    """A formula that does not follow the grammar is a fault at the formula."""
    text = POOL.replace("fixed_scale { target_dedicated_nodes = 8 }", 'auto_scale { formula = "$X = (1" }')
    found = faults(text.replace("EXTRA", ""))
    assert [(code, at) for code, at, _ in found] == [("E0307", '"$X = (1"')]


ACCOUNT_CASES = {
    "name": ('name = "ACME"', "E0116"),
    "user subscription without a vault": ('pool_allocation_mode = "UserSubscription"', "E0307"),
    "identity without ids": ('identity { type = "UserAssigned" }', "E0307"),
    "storage by identity without one": (
        """auto_storage {
    storage_account_id  = "/subscriptions/0/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/s"
    authentication_mode = "BatchAccountManagedIdentity"
  }""",
        "E0307",
    ),
    "unknown mode": ('allowed_authentication_modes = ["AAD", "Kerberos"]', "E0307"),
}


@pytest.mark.parametrize(("extra", "code"), ACCOUNT_CASES.values(), ids=ACCOUNT_CASES.keys())
def test_one_mistake_in_an_account_is_one_fault(faults, extra: str, code: str) -> None:
    """Each mistake is reported once."""
    assert [found[0] for found in faults(ACCOUNT.replace("EXTRA", extra))] == [code]


def test_secrets_are_not_shown_in_faults(faults) -> None:
    """What is wrong with a secret is told without the secret."""
    extra = f'user_accounts {{\n  name = "a"\n  password = "{"hunter2" * 50}"\n}}'
    (found,) = faults(POOL.replace("EXTRA", extra))
    assert "hunter2" not in found[2]


def test_unknown_values_are_no_faults(faults) -> None:
    """In validate a variable without a value may turn out right, whatever rule it takes part in."""
    text = POOL.replace("EXTRA", "task_slots_per_node = var.n\n  inter_node_communication = var.s")
    assert faults('variable "n" { type = number }\nvariable "s" {}\n' + text, partial=True) == []


def test_blocks_of_unknown_number_may_be_there(faults) -> None:
    """In validate a dynamic block over an unknown list may make the block that is required."""
    text = POOL.replace("fixed_scale { target_dedicated_nodes = 8 }", "").replace(
        "EXTRA", 'dynamic "auto_scale" {\n  for_each = var.formulas\n  content { formula = auto_scale.value }\n}'
    )
    assert faults('variable "formulas" { type = list(string) }\n' + text, partial=True) == []


def test_ignored_fields_are_there(faults) -> None:
    """ignore_changes names fields of the kind, at any depth."""
    good = "ignore_changes = [fixed_scale, metadata[0].value, start_task.command_line, tags.a]"
    assert faults(POOL.replace("EXTRA", f"lifecycle {{\n {good}\n }}")) == []
    (found,) = faults(POOL.replace("EXTRA", "lifecycle {\n ignore_changes = [start_task.comand_line]\n }"))
    assert found[:2] == ("E0316", "start_task.comand_line")
    assert 'Did you mean "command_line"?' in found[2]


def test_sensitive_values_are_not_shown_by_rules(faults) -> None:
    """A rule that tells a value it found tells no sensitive one."""
    extra = 'start_task {\n  command_line = "a"\n  user_identity { user_name = var.user }\n}'
    text = 'variable "user" {\n default = "hunter2"\n sensitive = true\n}\n' + POOL.replace("EXTRA", extra)
    (found,) = faults(text)
    assert 'no user "(sensitive)"' in found[2]
