# fail: a SKU that the offer does not have
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2104"
  }
}
---
# fail: a slip in the offer
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  image_reference {
    publisher = "almalinux"
    offer     = "alma-hpc"
    sku       = "8-hpc-gen2"
  }
}
---
# fail: nothing like it is supported
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  image_reference {
    publisher = "contoso"
    offer     = "render-appliance"
    sku       = "2026"
  }
}
---
# fail: listed, not verified
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2404"
  }
}
---
# fail: what an image of one's own was made from is not listed
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  tags = { base_image = "openlogic:centos-hpc:7_9" }
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# pass: listed and verified, in any case
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  image_reference {
    publisher = "Microsoft-DSVM"
    offer     = "Ubuntu-HPC"
    sku       = "2204"
  }
}
---
# not_applicable: nobody says what an image of one's own was made from
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
pool "p" {
  image_reference { id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/render/versions/1.0.0" }
}
---
# not_applicable: a pool that keeps its image
# changes:
#   pool.p: {action: update, fields: {tags: [null, {team: render}, live]}}
# live:
#   supported_images: {west: []}
pool "p" {
  tags = { team = "render" }
}
---
# unknown: the SKU is told after apply
# live:
#   supported_images:
#     west:
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2204", node_agent_sku_id: batch.node.ubuntu 22.04, verification_type: verified}
#       - {publisher: microsoft-dsvm, offer: ubuntu-hpc, sku: "2404", node_agent_sku_id: batch.node.ubuntu 24.04, verification_type: unverified}
#       - {publisher: almalinux, offer: almalinux-hpc, sku: 8-hpc-gen2, node_agent_sku_id: batch.node.el 8, verification_type: verified}
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
---
# fail: the image of an auto pool
# live:
#   supported_images: {west: []}
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
