# fail: the list says so, and names a successor
# live:
#   supported_images:
#     west:
#       - {publisher: canonical, offer: ubuntu-24_04-lts, sku: server-old, batch_support_end_of_life: 2026-10-31T00:00:00Z}
#       - {publisher: canonical, offer: ubuntu-24_04-lts, sku: server, batch_support_end_of_life: 2029-05-31T00:00:00Z}
#       - {publisher: canonical, offer: ubuntu-24_04-lts, sku: server-arm64}
pool "p" {
  image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server-old"
  }
}
---
# fail: a pool that is there and keeps its image is only warned about
# observed: {pool.p: {}}
# changes: {pool.p: {action: noop}}
# live:
#   supported_images:
#     west:
#       - {publisher: canonical, offer: ubuntu-24_04-lts, sku: server-old, batch_support_end_of_life: 2026-10-31T00:00:00Z}
pool "p" {
  image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server-old"
  }
}
---
# fail: the table says so, and the list was not read
pool "p" {
  image_reference {
    publisher = "Canonical"
    offer     = "UbuntuServer"
    sku       = "18.04-LTS"
  }
}
---
# fail: the table says so, and the list was read for another account only
# live:
#   supported_images: {elsewhere: []}
pool "p" {
  image_reference {
    publisher = "openlogic"
    offer     = "centos-hpc"
    sku       = "7_9-gen2"
  }
}
---
# fail: the list names no day, and nothing newer
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-azure-batch, offer: ubuntu-server-container, sku: 20-04-lts}
pool "p" {
  image_reference {
    publisher = "microsoft-azure-batch"
    offer     = "ubuntu-server-container"
    sku       = "20-04-lts"
  }
}
---
# fail: the image it was made from
pool "p" {
  tags = { base_image = "canonical:0001-com-ubuntu-server-focal:20_04-lts:latest" }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# fail: only the backup's image
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204"}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2004", batch_support_end_of_life: 2025-04-22T00:00:00Z}
pool "p" {
  backup "north" {
    account_id = account.west.id
    image_reference {
      publisher = "microsoft-dsvm"
      offer     = "ubuntu-hpc"
      sku       = "2004"
    }
  }
}
---
# pass: the list's day has not come
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", batch_support_end_of_life: 2027-01-31T00:00:00Z}
pool "p" {}
---
# pass: the list's day counts before the table's
# live:
#   supported_images:
#     west:
#       - {publisher: canonical, offer: ubuntuserver, sku: 18.04-lts, batch_support_end_of_life: 2027-01-31T00:00:00Z}
pool "p" {
  image_reference {
    publisher = "Canonical"
    offer     = "UbuntuServer"
    sku       = "18.04-LTS"
  }
}
---
# not_applicable: nobody says what an image of one's own was made from
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# unknown: the SKU is told after apply
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = local.unknown
  }
}
---
# not_checked: the table's day has not come, and the list was not read
pool "p" {}
---
# fail: the image of an auto pool
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 18.04"
          image_reference {
            publisher = "Canonical"
            offer     = "UbuntuServer"
            sku       = "18.04-LTS"
          }
        }
        start_task {
          command_line     = "/bin/bash -c ./start.sh"
          wait_for_success = true
        }
      }
    }
  }
}
---
# not_applicable: a job on a pool
job "render" {}
