# fail: it installs packages
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get update && apt-get install -y blender'"
  }
}
---
# fail: it downloads on Windows
pool "p" {
  start_task {
    command_line = "powershell -Command \"iex ((New-Object System.Net.WebClient).DownloadString('https://example.com/install.ps1'))\""
  }
}
---
# fail: it is told to try once
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'curl -o tool https://example.com/tool'"
    max_task_retry_count = 0
  }
}
---
# fail: it pulls a container
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'docker pull example.azurecr.io/tool:1'"
  }
}
---
# pass: it is tried again
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get update && apt-get install -y blender'"
    max_task_retry_count = 3
  }
}
---
# pass: the download tries again
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'wget --tries=9 https://example.com/tool && curl --retry 5 https://example.com/other'"
  }
}
---
# fail: it installs a Python package
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'python3 -m pip install numpy'"
  }
}
---
# pass: it tries three times
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'for i in 1 2 3; do apt-get install -y blender && break || sleep 10; done'"
  }
}
---
# pass: the step is repeated
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'until apt-get install -y blender; do sleep 10; done'"
  }
}
---
# pass: other words of such programs
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'make install; pip list; docker ps; git status'"
  }
}
---
# pass: nothing is downloaded
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'mkdir -p /data'"
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
# unknown: the number of retries is told after apply
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'apt-get install -y x'"
    max_task_retry_count = tonumber(local.unknown)
  }
}
