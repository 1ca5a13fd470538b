# fail: a signature in a command line
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'wget -O tool \"https://acme.blob.core.windows.net/tools/t?sv=2022-11-02&sig=Zm9vYmFyYmF6cXV4MTIzNDU2%3D\"'"
  }
}
---
# fail: a storage key in a variable
job "etl" {
  common_environment_settings {
    name  = "STORAGE"
    value = "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab=="
  }
}
---
# fail: a bare key
job "etl" {
  common_environment_settings {
    name  = "STORAGE"
    value = "Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab3/Ab=="
  }
}
---
# fail: a token, a private key and a password
job_schedule "nightly" {
  job_specification {
    pool_info { pool_id = "elsewhere" }
    job_manager_task {
      id           = "manager"
      command_line = "git clone https://build:hunter2hunter2@git.example.com/tools.git"
      environment_settings {
        name  = "REPO"
        value = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"
      }
      environment_settings {
        name  = "SSH"
        value = "-----BEGIN OPENSSH PRIVATE KEY-----"
      }
    }
  }
}
---
# fail: the name of a variable tells
pool "p" {
  start_task {
    command_line = "./start.sh"
    environment_settings {
      name  = "AZURE_CLIENT_SECRET"
      value = "REDACTED-but-it-was-here"
    }
  }
}
---
# pass: values that are no secrets
pool "p" {
  start_task {
    command_line = "/bin/bash -c 'curl -H \"Authorization: Bearer $TOKEN\" https://$USER:$TOKEN@example.com/?sig=$SIG'"
    environment_settings {
      name  = "KEY_VAULT_NAME"
      value = "acme-render-vault"
    }
    environment_settings {
      name  = "DB_PASSWORD"
      value = "/run/secrets/db"
    }
    environment_settings {
      name  = "TOKEN"
      value = "yes"
    }
  }
}
---
# pass: it may stay
# params: {allowed: [f03a84a7]}
pool "p" {
  start_task {
    command_line = "./start.sh"
    environment_settings {
      name  = "API_KEY"
      value = "only-for-tests"
    }
  }
}
---
# pass: a sensitive value is not in plain text
pool "p" {
  start_task {
    command_line = "./start.sh"
    environment_settings {
      name  = "API_KEY"
      value = sensitive("a-true-secret-of-ours")
    }
  }
}
---
# unknown: a command line that is told after apply
pool "p" {
  start_task {
    command_line = "./start.sh ${local.unknown}"
  }
}
---
# not_applicable: there is only an account
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"

}
---
# pass: the name of a secret in a vault
pool "p" {
  start_task {
    command_line = "./start.sh"
    environment_settings {
      name  = "DB_PASSWORD_SECRET"
      value = "kv-acme/db-password"
    }
    environment_settings {
      name  = "API_TOKEN"
      value = "render-api-token"
    }
  }
}
