# A scheduler outside of batchplan resizes this pool. batchplan creates it with no nodes and leaves the counts alone.

account "west" {
  name                = "acmecluster"
  resource_group_name = "rg-cluster"
  location            = "westeurope"
}

pool "cluster" {
  account_id               = account.west.id
  name                     = "cluster"
  vm_size                  = "standard_hb120rs_v3"
  node_agent_sku_id        = "batch.node.el 8"
  inter_node_communication = "enabled"

  image_reference {
    publisher = "almalinux"
    offer     = "almalinux-hpc"
    sku       = "8_10-hpc-gen2"
  }

  fixed_scale {
    target_dedicated_nodes    = 0
    target_low_priority_nodes = 0
  }

  lifecycle {
    ignore_changes  = [fixed_scale[0].target_dedicated_nodes, fixed_scale[0].target_low_priority_nodes]
    prevent_destroy = batchplan.workspace == "prod"
  }
}

check "counts" {
  assert {
    condition     = pool.cluster.fixed_scale.target_dedicated_nodes == 0
    error_message = "The scheduler owns the node counts; leave them at 0 here."
  }
}
