# no not_applicable: every pool can have one

# fail: there is none
pool "render" {}
---
# fail: it is blank
pool "render" {
  display_name = " "
}
---
# pass: it has one
pool "render" {
  display_name = "Render farm, nights"
}
---
# unknown: it is told after apply
pool "render" {
  display_name = local.unknown
}
