# no unknown: the settings of the client are known or not there

# fail: it is kept
# settings: {closes_when_asked: false}
---
# pass: it is closed
# settings: {closes_when_asked: true}
---
# not_checked: the transport was not tried
