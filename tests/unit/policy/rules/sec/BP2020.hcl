# fail: it is older than the change
# observed:
#   pool.p: {facts: {creation_time: "2024-05-01T08:00:00Z"}}
pool "p" {}
---
# pass: its nodes have no public addresses
# observed:
#   pool.p: {facts: {creation_time: "2024-05-01T08:00:00Z"}}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }
}
---
# not_applicable: it is newer
# observed:
#   pool.p: {facts: {creation_time: "2026-01-15T08:00:00Z"}}
pool "p" {}
---
# not_applicable: it is not there yet
pool "p" {}
---
# not_checked: its age was not read
# observed:
#   pool.p: {}
pool "p" {}
---
# unknown: its addresses are told after apply
# observed:
#   pool.p: {facts: {creation_time: "2024-05-01T08:00:00Z"}}
pool "p" {
  network_configuration {
    public_ip_address_configuration { provision = local.unknown }
  }
}
