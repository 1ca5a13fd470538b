variable "pools" {
  type    = map(number)
  default = { a = 1, b = 0 }
}

variable "spares" {
  type    = number
  default = 2
}

account "main" {
  name                = "modacct"
  resource_group_name = "rg"
  location            = "westeurope"
}

module "pool" {
  source     = "./pool"
  for_each   = var.pools
  account_id = account.main.id
  name       = each.key
  nodes      = each.value
}

application "spare" {
  count      = var.spares
  account_id = account.main.id
  name       = "spare-${count.index}"
}

application "off" {
  enabled    = false
  account_id = account.main.id
  name       = "off"
}

output "ids" {
  value = { for name, one in module.pool : name => one.id }
}
