# fail: the agent of another version
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  node_agent_sku_id = "batch.node.ubuntu 24.04"
}
---
# fail: the agent of another system, for an image of one's own
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  tags              = { base_image = "almalinux:almalinux-hpc:8-hpc-gen2" }
  node_agent_sku_id = "batch.node.windows amd64"
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# fail: the backup has another image and keeps the pool's agent
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  backup "north" {
    account_id = account.west.id
    image_reference {
      publisher = "almalinux"
      offer     = "almalinux-hpc"
      sku       = "8-hpc-gen2"
    }
  }
}
---
# fail: the gallery tells another system than the agent's
# live:
#   gallery_images:
#     /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0: {os_type: Windows}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# pass: the agent of the list, in any case
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  node_agent_sku_id = "Batch.Node.Ubuntu 22.04"
}
---
# pass: the image is not listed, which another rule says
# live:
#   supported_images: {west: []}
pool "p" {}
---
# not_applicable: nobody says what an image of one's own was made from
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# not_applicable: a pool that keeps its image
# changes:
#   pool.p: {action: noop}
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  node_agent_sku_id = "batch.node.ubuntu 24.04"
}
---
# unknown: the agent is told after apply
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  node_agent_sku_id = local.unknown
}
---
# not_checked: the list was not read
pool "p" {}
---
# fail: the agent of an auto pool
# live:
#   supported_images:
#     west:
#       - {publisher: canonical, offer: ubuntuserver, sku: 18.04-lts, node_agent_sku_id: batch.node.ubuntu 18.10}
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
