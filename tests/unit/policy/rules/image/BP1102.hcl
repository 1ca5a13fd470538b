# fail: two months are left
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
pool "p" {}
---
# fail: within the last month it is an error
# as_of: 2027-01-05
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
pool "p" {}
---
# pass: there is more time than a policy set asks for
# params: {days: 10}
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
pool "p" {}
---
# pass: it is over, which another rule says
# as_of: 2027-02-01
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
pool "p" {}
---
# not_applicable: the service names no end
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204"}
pool "p" {}
---
# not_applicable: an image of one's own
pool "p" {
  image_reference {
    id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/i"
  }
}
---
# unknown: the SKU is told after apply
# live:
#   supported_images:
#     west: []
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = local.unknown
  }
}
---
# not_checked: the list was not read
pool "p" {}
