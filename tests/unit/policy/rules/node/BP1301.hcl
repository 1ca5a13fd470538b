# fail: a user, a folder, a link and a clone
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'set -e; useradd render; mkdir /data; ln -s /data /scratch; git clone https://github.com/org/tools.git /opt/tools'"
  }
}
---
# fail: an append and a mount, through sudo
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo \"/dev/disk/azure/scsi1/lun0 /data ext4 defaults 0 2\" | sudo tee -a /etc/fstab && sudo mount /data'"
  }
}
---
# fail: an append by redirection
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'echo vm.swappiness=10 >> /etc/sysctl.conf'"
  }
}
---
# fail: folders on Windows
pool "p" {
  start_task {
    command_line = "cmd /c mkdir C:\\tools & powershell -Command \"New-Item -ItemType Directory -Path C:\\scratch\""
  }
}
---
# fail: a clone into a folder that lasts
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'cd /opt && git clone https://github.com/org/tools'"
  }
}
---
# fail: a container with a name
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'docker run -d --name agent --restart always example.azurecr.io/agent:1'"
  }
}
---
# fail: in a backup of the pool
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "northeurope"
}
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkdir -p /data'"
  }
  backup "north" {
    account_id = account.north.id
    start_task {
      command_line = "/bin/bash -c 'mkdir /data'"
    }
  }
}
---
# fail: in an auto pool
job "render" {
  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"
      pool {
        vm_size = "standard_d4s_v5"
        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"
          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
          }
        }
        start_task {
          command_line = "/bin/bash -c 'useradd render'"
        }
      }
    }
  }
}
---
# pass: each step bears a second run
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'set -e; id render || useradd render; mkdir -p /data; ln -sfn /data /scratch; [ -d /opt/tools ] || git clone https://github.com/org/tools /opt/tools; mountpoint -q /data || mount /data; grep -q data /etc/fstab || echo \"UUID=1 /data ext4 defaults 0 2\" >> /etc/fstab'"
  }
}
---
# pass: all of it is behind a mark
pool "p" {
  start_task {
    command_line = <<-EOT
      /bin/bash -c 'set -e
      if [ -e /var/done ]; then exit 0; fi
      useradd render
      mkdir /data
      touch /var/done'
    EOT
  }
}
---
# pass: a container that is removed
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'docker run --rm --name setup example.azurecr.io/setup:1; docker run example.azurecr.io/setup:1'"
  }
}
---
# fail: a group, and a user that -f does not help
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'groupadd render; useradd -f 30 render'"
  }
}
---
# pass: options that make it bear a second run
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'groupadd -f render; mkdir --parents /data; date | tee /data/last; mount -a -t nfs; mount; ln -s /data data; cd /opt/tools; git pull origin'"
  }
}
---
# pass: PowerShell forces it
pool "p" {
  start_task {
    command_line = "powershell -Command \"New-Item -ItemType Directory -Force -Path C:\\scratch; mkdir -Force C:\\x; New-Item -ItemType File -Path C:\\x\\a\""
  }
}
---
# pass: a volume has a name, too
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'docker volume create --name cache'"
  }
}
---
# pass: failures are taken care of
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkdir /data || true; useradd render || echo there'"
  }
}
---
# pass: the folder of the start task is made anew
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkdir work; git clone https://github.com/org/tools; echo started >> out.txt; mkdir $AZ_BATCH_TASK_WORKING_DIR/x'"
  }
}
---
# pass: a log grows by design
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'date >> /var/log/starts.log'"
  }
}
---
# pass: cmd asks first
pool "p" {
  start_task {
    command_line = "cmd /c if not exist C:\\tools mkdir C:\\tools"
  }
}
---
# pass: a script of its own
pool "p" {
  start_task {
    command_line = "bash prepare.sh"
  }
}
---
# not_applicable: there is no start task
pool "p" {}
---
# unknown: the command line is told after apply
pool "p" {
  start_task {
    command_line = local.unknown
  }
}
---
# pass: what it makes is taken away first
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'rm -rf /opt/tool /opt/data && git clone https://github.com/acme/tool /opt/tool && mkdir /opt/data'"
  }
}
---
# fail: something else is taken away first
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'rm -rf /opt/old && git clone https://github.com/acme/tool /opt/tool'"
  }
}
