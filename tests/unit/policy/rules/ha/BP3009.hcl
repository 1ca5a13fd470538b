# fail: production in a region with zones
pool "p" {
  tags = { environment = "production" }
}
---
# fail: a policy set says what production is called
# params: {production: [gold]}
pool "p" {
  tags = { stage = "Gold" }
  node_placement_configuration { policy = "Regional" }
}
---
# pass: over the zones
pool "p" {
  tags = { environment = "production" }
  node_placement_configuration { policy = "Zonal" }
}
---
# not_applicable: not for production
pool "p" {}
---
# not_applicable: a region without zones
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "West US"
}
pool "p" {
  tags = { environment = "production" }
}
---
# not_applicable: its nodes talk to each other
pool "p" {
  tags                     = { environment = "production" }
  inter_node_communication = "Enabled"
}
---
# unknown: told after apply
pool "p" {
  tags = { environment = "production" }
  node_placement_configuration { policy = local.unknown }
}
