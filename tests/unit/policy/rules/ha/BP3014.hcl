# no unknown: what is known only after apply, a plan cannot compare, and says so

# fail: the size is not offered, and a file comes from the other region
# live: {parity: {pool.p: {north: [{name: vm_size, verdict: bad, detail: "standard_d4s_v5 is not offered there; give the backup another one"}, {name: references, verdict: weak, detail: "the same as in the other region: start_task.resource_files[0].http_url"}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# fail: the region of the pool itself stands ready, with the subnet of the other
# live: {parity: {pool.p: {"": [{name: network, verdict: bad, detail: "network_configuration.subnet_id is that of the other region; a subnet serves its region only"}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# pass: all is there, or comes with the plan
# live: {parity: {pool.p: {north: [{name: specification, verdict: bad, detail: "the pool is not there; apply makes it", coming: true}, {name: vm_size, verdict: good}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# pass: other rules tell of packages, cores and storage
# live: {parity: {pool.p: {north: [{name: packages, verdict: bad}, {name: quota, verdict: bad}, {name: auto_storage, verdict: weak}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# not_checked: the region does not answer
# live: {parity: {pool.p: {north: [{name: region, verdict: bad, detail: it does not answer}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# not_checked: the image is one's own, and of that nothing is known
# live: {parity: {pool.p: {north: [{name: image, verdict: unknown, detail: "an image of your own: see that it is replicated to the region"}]}}}
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# not_checked: no plan has looked
account "north" {
  name                = "north"
  resource_group_name = "rg"
  location            = "North Europe"
}
pool "p" {
  backup "north" { account_id = account.north.id }
}
---
# not_applicable: it has no backup
pool "p" {}
