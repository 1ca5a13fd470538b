variable "secret" {
  type      = string
  sensitive = true
  default   = "job-s3cret-value"
}

account "main" {
  name                = "jobsacct"
  resource_group_name = "rg"
  location            = "westeurope"
}

pool "work" {
  account_id        = account.main.id
  name              = "work"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
}

job "full" {
  account_id              = account.main.id
  name                    = "full"
  display_name            = "All of it"
  priority                = 100
  allow_task_preemption   = true
  max_parallel_tasks      = 20
  uses_task_dependencies  = true
  all_tasks_complete_mode = "noaction"
  task_failure_mode       = "noaction"

  pool_info {
    pool_id = pool.work.pool_id
  }

  constraints {
    max_wall_clock_time  = "PT6H"
    max_task_retry_count = 2
  }

  job_manager_task {
    id                     = "manager"
    command_line           = "sleep 100000"
    display_name           = "The manager"
    kill_job_on_completion = false
    run_exclusive          = false
    required_slots         = 1
    environment_settings {
      name  = "TOKEN"
      value = var.secret
    }
    constraints {
      max_wall_clock_time  = "PT2H"
      retention_time       = "P1D"
      max_task_retry_count = 1
    }
  }

  job_preparation_task {
    id               = "prepare"
    command_line     = "/bin/bash -c 'echo prepare'"
    wait_for_success = true
    resource_files {
      http_url  = "https://store.example/files/in.dat"
      file_path = "in.dat"
    }
  }

  job_release_task {
    id                  = "release"
    command_line        = "/bin/bash -c 'echo release'"
    max_wall_clock_time = "PT5M"
  }

  common_environment_settings {
    name  = "STAGE"
    value = "test"
  }

  metadata {
    name  = "owner"
    value = "render"
  }
}

job "small" {
  account_id = account.main.id
  name       = "small"
  pool_info {
    pool_id = pool.work.pool_id
  }
}

job_schedule "nightly" {
  account_id   = account.main.id
  name         = "nightly"
  display_name = "Every night"

  schedule {
    do_not_run_until    = "2030-01-01T00:00:00Z"
    start_window        = "PT1H"
    recurrence_interval = "P1D"
  }

  job_specification {
    priority = 10
    pool_info {
      pool_id = pool.work.pool_id
    }
    job_manager_task {
      id           = "m"
      command_line = "/bin/bash -c 'echo m'"
    }
    common_environment_settings {
      name  = "STAGE"
      value = "night"
    }
  }

  metadata {
    name  = "owner"
    value = "render"
  }
}

job_schedule "auto" {
  account_id = account.main.id
  name       = "auto"

  schedule {
    do_not_run_until    = "2030-01-01T00:00:00Z"
    recurrence_interval = "PT12H"
  }

  job_specification {
    pool_info {
      auto_pool_specification {
        auto_pool_id_prefix  = "auto"
        pool_lifetime_option = "job"
        keep_alive           = false
        pool {
          vm_size                = "standard_d2s_v3"
          target_dedicated_nodes = 1
          virtual_machine_configuration {
            node_agent_sku_id = "batch.node.ubuntu 22.04"
            image_reference {
              publisher = "canonical"
              offer     = "0001-com-ubuntu-server-jammy"
              sku       = "22_04-lts"
            }
          }
        }
      }
    }
  }
}
