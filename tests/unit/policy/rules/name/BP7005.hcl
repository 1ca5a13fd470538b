# no not_applicable: every pool has a name

# fail: they differ in case
pool "a" {
  name = "render"
}
pool "b" {
  name = "Render"
}
---
# fail: they do not differ
pool "a" {
  name = "render"
}
pool "b" {
  name = "render"
}
---
# pass: other names
pool "a" {
  name = "render"
}
pool "b" {
  name = "render2"
}
---
# pass: one name in two accounts
account "north" {}
pool "a" {
  name = "render"
}
pool "b" {
  name       = "render"
  account_id = account.north.id
}
---
# unknown: the name is told after apply
pool "a" {
  name = local.unknown
}
