# no unknown: whether a field is said is always known

# fail: the metadata security protocol came later
# settings: {api_versions: {management: "2024-07-01"}}
pool "p" {
  security_profile {
    proxy_agent_settings { enabled = true }
  }
}
---
# pass: the version knows it
# settings: {api_versions: {management: "2025-06-01"}}
pool "p" {
  security_profile {
    proxy_agent_settings { enabled = true }
  }
}
---
# pass: nothing new is asked for
# settings: {api_versions: {management: "2024-02-01"}}
pool "p" {
  metadata {
    name  = "owner"
    value = "render"
  }
}
---
# not_checked: the version was not told
pool "p" {}
---
# not_applicable: there is nothing but jobs
job "etl" {}
