# fail: an image of generation 1
# live: {vm_sizes: {westeurope: [{name: standard_d4s_v5, capabilities: {HyperVGenerations: "V1,V2"}}]}}
pool "p" {
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  security_profile { security_type = "trustedLaunch" }
}
---
# fail: a size of generation 1
# live: {vm_sizes: {westeurope: [{name: standard_d4s_v5, capabilities: {HyperVGenerations: V1, EncryptionAtHostSupported: "False"}}]}}
pool "p" {
  security_profile {
    security_type      = "trustedLaunch"
    encryption_at_host = true
  }
}
---
# fail: a size without trusted launch
# live: {vm_sizes: {westeurope: [{name: standard_d4s_v5, capabilities: {HyperVGenerations: "V1,V2", TrustedLaunchDisabled: "True"}}]}}
pool "p" {
  security_profile { security_type = "trustedLaunch" }
}
---
# pass: image and size have it
# live: {vm_sizes: {westeurope: [{name: standard_d4s_v5, capabilities: {HyperVGenerations: "V1,V2"}}]}}
pool "p" {
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts-gen2"
  }
  security_profile {
    security_type      = "trustedLaunch"
    encryption_at_host = true
  }
}
---
# not_checked: the sizes were not read
pool "p" {
  security_profile { security_type = "trustedLaunch" }
}
---
# not_applicable: no profile
pool "p" {}
---
# not_applicable: a size that the region does not offer, which another rule says
# live: {vm_sizes: {westeurope: []}}
pool "p" {
  security_profile { encryption_at_host = true }
}
---
# unknown: told after apply
pool "p" {
  security_profile { security_type = local.unknown }
}
