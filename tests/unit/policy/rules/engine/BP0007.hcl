# no unknown: what was written and what was found are always known

# fail: it could not be read
# record: {unread: {quotas: 4, supported_images: 1}}
---
# fail: it is old
# record: {stale: {supported_images: 1000000, quotas: 9000, nodes: 1000}}
---
# pass: all is fresh
