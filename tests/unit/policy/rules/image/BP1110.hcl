# fail: a named version of the marketplace
# live:
#   image_versions:
#     microsoft-dsvm:ubuntu-hpc:2204:
#       - {version: 22.04.2026030101, published: "2026-03-01"}
#       - {version: 22.04.2026110101, published: "2026-11-01"}
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "22.04.2026030101"
  }
}
---
# fail: a named version of a gallery
# live:
#   image_versions:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render:
#       - {version: 1.0.0, published: "2026-01-15"}
#       - {version: 1.1.0, published: "2026-11-01"}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# pass: it is old, and there is nothing newer
# live:
#   image_versions:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render:
#       - {version: 0.9.0, published: "2025-01-15"}
#       - {version: 1.0.0, published: "2026-01-15"}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# pass: it is not old yet
# live:
#   image_versions:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render:
#       - {version: 1.0.0, published: "2026-10-15"}
#       - {version: 1.1.0, published: "2026-11-01"}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# not_applicable: no version is the latest
pool "p" {}
---
# not_applicable: an image of a gallery without its version
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render" }
}
---
# unknown: the version is told after apply
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = local.unknown
  }
}
---
# not_checked: the versions were not read
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
