# fail: a container image of Batch's own
pool "p" {
  image_reference {
    publisher = "microsoft-azure-batch"
    offer     = "ubuntu-server-container"
    sku       = "20-04-lts"
  }
}
---
# fail: the backup has one
pool "p" {
  backup "north" {
    account_id = account.west.id
    image_reference {
      publisher = "Microsoft-Azure-Batch"
      offer     = "ubuntu-server-container"
      sku       = "20-04-lts"
    }
  }
}
---
# pass: another publisher
pool "p" {}
---
# not_applicable: an image of one's own
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# unknown: the publisher is told after apply
pool "p" {
  image_reference {
    publisher = local.unknown
    offer     = "ubuntu-server-container"
    sku       = "20-04-lts"
  }
}
