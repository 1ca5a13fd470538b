# no unknown: the version in use is always known

# fail: Azure does not list it
# settings: {api_versions: {management: "2021-01-01"}}
# live: {api_versions: {microsoft.batch: ["2024-07-01", "2025-06-01"]}}
---
# pass: Azure lists it
# settings: {api_versions: {management: "2025-06-01"}}
# live: {api_versions: {microsoft.batch: ["2024-07-01", "2025-06-01"]}}
---
# not_checked: the list was not read
# settings: {api_versions: {management: "2025-06-01"}}
