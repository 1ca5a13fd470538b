# no unknown: the settings of the client are known or not there

# fail: plain HTTP
# settings: {endpoints: ["http://west.westeurope.batch.azure.com"], tls_minimum: "1.2"}
---
# fail: an old version of TLS
# settings: {endpoints: ["https://management.azure.com"], tls_minimum: "1.0"}
---
# pass: https and TLS 1.3
# settings: {endpoints: ["https://management.azure.com"], tls_minimum: "1.3"}
---
# pass: an emulator on the own machine
# settings: {endpoints: ["http://localhost:8443"], tls_minimum: "1.2"}
---
# not_checked: the client was not looked at
