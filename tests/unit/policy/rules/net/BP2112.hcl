# fail: keys only, and pools in a network and with an image of one's own
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = ["SharedKey"]
}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
pool "q" {
  image_reference {
    id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/i"
  }
}
---
# pass: keys only, and plain pools
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = ["SharedKey"]
}
pool "p" {}
---
# pass: Entra ID, too
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = ["SharedKey", "AAD"]
}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# not_applicable: it takes all ways
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
pool "p" {
  network_configuration {
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/batch"

  }

}
---
# unknown: told after apply
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
  allowed_authentication_modes = [local.unknown]
}
