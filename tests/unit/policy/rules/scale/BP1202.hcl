# fail: a variable of the service is misspelled
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = min(10, $PendingTask.GetSample(1));
    EOF
  }
}
---
# fail: there is no such function
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = minimum(10, 3);
    EOF
  }
}
---
# fail: there is no such method
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = max($PendingTasks.GetSamples(1));
    EOF
  }
}
---
# fail: a call has too few arguments
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = percentile($PendingTasks.GetSample(1));
    EOF
  }
}
---
# fail: a time has no such member
pool "p" {
  auto_scale {
    formula = <<-EOF
      $TargetDedicatedNodes = time().hours > 8 ? 4 : 0;
    EOF
  }
}
---
# fail: a metric is set
pool "p" {
  auto_scale {
    formula = <<-EOF
      $PendingTasks = 3;
      $TargetDedicatedNodes = 1;
    EOF
  }
}
---
# fail: the formula of an auto pool
job "j" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size            = "standard_d4s_v5"
        enable_auto_scale  = true
        auto_scale_formula = "$TargetDedicatedNodes = nodes;"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
          }
        }
      }
    }
  }
}
---
# fail: the formula of a backup
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
  backup "north" {
    account_id = account.west.id
    auto_scale { formula = "$TargetDedicatedNodes = nodes;" }
  }
}
---
# pass: all names are known
pool "p" {
  auto_scale {
    formula = <<-EOF
      w = 5 * TimeInterval_Minute;
      share = $PendingTasks.GetSamplePercent(w);
      tasks = share < 70 ? max($PendingTasks.GetSample(1)) : avg($PendingTasks.GetSample(w));
      $TargetDedicatedNodes = min(10, ceil(tasks));
      $NodeDeallocationOption = taskcompletion;
    EOF
  }
}
---
# pass: a backup with the formula of its pool
pool "p" {
  auto_scale { formula = "$TargetDedicatedNodes = 1;" }
  backup "north" { account_id = account.west.id }
}
---
# not_applicable: no formula sets its size
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# unknown: the formula is told after apply
pool "p" {
  auto_scale { formula = local.unknown }
}
