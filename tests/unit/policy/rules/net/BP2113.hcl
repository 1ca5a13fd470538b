# fail: a licence server knows the addresses
pool "p" {
  tags = { allowlisted_egress = "true" }
}
---
# fail: metadata says so
pool "p" {
  metadata {
    name  = "allowlisted_egress"
    value = "yes"
  }
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "BatchManaged" }
  }
}
---
# pass: addresses of one's own
pool "p" {
  tags = { allowlisted_egress = "true" }
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration {
      provision      = "UserManaged"
      ip_address_ids = ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/publicIPAddresses/one"]
    }
  }
}
---
# pass: a NAT gateway instead of addresses
pool "p" {
  tags = { allowlisted_egress = "true" }
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"
    public_ip_address_configuration { provision = "NoPublicIPAddresses" }
  }
}
---
# not_applicable: nobody lists them
pool "p" {
  tags = { allowlisted_egress = "false" }
}
---
# unknown: the mark is told after apply
pool "p" {
  tags = { allowlisted_egress = local.unknown }
}
