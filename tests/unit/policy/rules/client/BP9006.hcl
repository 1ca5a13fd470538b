# no unknown: the settings of the client are known or not there

# fail: it comes earlier
# settings: {honours_retry_after: false}
---
# pass: it waits
# settings: {honours_retry_after: true}
---
# not_checked: the transport was not tried
