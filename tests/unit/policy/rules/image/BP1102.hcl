# fail: two months are left
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", batch_support_end_of_life: 2029-05-31T00:00:00Z}
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
# fail: the image it was made from
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", batch_support_end_of_life: 2029-05-31T00:00:00Z}
pool "p" {
  tags = { base_image = "microsoft-dsvm:ubuntu-hpc:2204" }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# fail: the list names no day, and the operating system's own comes
# as_of: 2027-05-01
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204"}
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
# not_applicable: nobody names an end
# live:
#   supported_images:
#     west:
#       - {publisher: contoso, offer: linux, sku: "1"}
pool "p" {
  image_reference {
    publisher = "contoso"
    offer     = "linux"
    sku       = "1"
  }
}
---
# not_applicable: an image of one's own
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
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
