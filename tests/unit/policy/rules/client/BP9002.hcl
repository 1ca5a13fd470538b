# no unknown: the settings of the client are known or not there

# fail: an address
# settings: {endpoints: ["https://20.61.97.3"], dns_cache_seconds: 10}
---
# fail: an address of version 6
# settings: {endpoints: ["https://[2603:1030::3]:443/"], dns_cache_seconds: 10}
---
# fail: names are resolved once and for all
# settings: {endpoints: ["https://management.azure.com"], dns_cache_seconds: 86400}
---
# fail: the account answers at an address
# settings: {endpoints: ["https://management.azure.com"], dns_cache_seconds: 10}
# observed:
#   account.west: {facts: {account_endpoint: 20.61.97.3}}
account "west" {}
---
# pass: names, asked for anew
# settings: {endpoints: ["https://management.azure.com"], dns_cache_seconds: 10}
# observed:
#   account.west: {facts: {account_endpoint: west.westeurope.batch.azure.com}}
account "west" {}
---
# pass: an emulator on the own machine
# settings: {endpoints: ["http://127.0.0.1:8443", "http://[::1]:8443"], dns_cache_seconds: 10}
---
# not_checked: the resolver was not looked at
# settings: {endpoints: ["https://management.azure.com"]}
