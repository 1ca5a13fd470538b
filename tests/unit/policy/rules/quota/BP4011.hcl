# no unknown: how many applications there are is known when planning

# fail: twenty-one applications
account "west" {}
application "tool" {
  for_each = toset([for at in range(21) : "tool${at}"])
  name     = each.key
}
---
# fail: forty-one packages of one application
account "west" {}
application "tool" {}
application_package "tool" {
  for_each = toset([for at in range(41) : tostring(at)])
  application_id = "${account.west.id}/applications/tool"
  version  = each.key
}
---
# pass: forty packages
account "west" {}
application_package "tool" {
  for_each = toset([for at in range(40) : tostring(at)])
  version  = each.key
}
---
# not_applicable: there are no applications
account "west" {}
