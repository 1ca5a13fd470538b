# fail: a marked pool on a shared host
pool "p" {
  tags = { Compliance = "pci" }
}
---
# fail: the account is marked
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  tags = { compliance = "hipaa" }
}
pool "p" {}
---
# pass: a host for itself
pool "p" {
  vm_size = "standard_e104i_v5"
  metadata {
    name  = "compliance"
    value = "pci"
  }
}
---
# not_applicable: not marked
pool "p" {
  tags = { owner = "render" }
}
---
# not_applicable: marked as free of rules
pool "p" {
  tags = { compliance = "none" }
}
---
# not_checked: the mark is a secret
pool "p" {
  tags = { compliance = sensitive("pci") }
}
---
# unknown: the mark is told after apply
pool "p" {
  tags = { compliance = local.unknown }
}
