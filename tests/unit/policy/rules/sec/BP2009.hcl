# fail: nothing is said
pool "p" {}
---
# fail: without secure boot
pool "p" {
  security_profile {
    security_type = "trustedLaunch"
    uefi_settings { v_tpm_enabled = true }
  }
}
---
# pass: all of it
pool "p" {
  security_profile {
    security_type = "trustedLaunch"
    uefi_settings {
      secure_boot_enabled = true
      v_tpm_enabled       = true
    }
  }
}
---
# unknown: told after apply
pool "p" {
  security_profile {
    security_type = "trustedLaunch"
    uefi_settings {
      secure_boot_enabled = tobool(local.unknown)
      v_tpm_enabled       = true
    }
  }
}
---
# not_applicable: there are no pools
job "etl" {}
