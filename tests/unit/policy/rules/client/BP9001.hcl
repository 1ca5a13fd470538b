# no unknown: the settings of the client are known or not there

# fail: one minute
# settings: {retry_seconds: 60}
---
# fail: a policy set asks for more
# settings: {retry_seconds: 300}
# params: {seconds: 600}
---
# pass: five minutes
# settings: {retry_seconds: 300}
---
# not_applicable: an emulator answers
# settings: {emulated: true, retry_seconds: 5}
---
# not_checked: the client was not looked at
