# fail: more than 100 statements
pool "p" {
  auto_scale {
    formula = join("\n", [for at in range(101) : "$TargetDedicatedNodes = ${at};"])
  }
}
---
# fail: more than 8192 bytes in fewer characters
pool "p" {
  auto_scale {
    formula = join("", [for at in range(90) : "// Größe über Maß: äöüÄÖÜßéèêáàâóòôúùûñçøåæœ äöüÄÖÜßéèêáàâóòô\n"], ["$TargetDedicatedNodes = 1;"])
  }
}
---
# pass: 100 statements
pool "p" {
  auto_scale {
    formula = join("\n", [for at in range(100) : "$TargetDedicatedNodes = ${at};"])
  }
}
---
# not_applicable: no formula sets its size
pool "p" {
  fixed_scale { target_dedicated_nodes = 2 }
}
---
# unknown: the formula is told after apply
pool "p" {
  auto_scale { formula = local.unknown }
}
