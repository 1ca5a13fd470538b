# fail: without rules the service lets everybody in
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099

      }
    }
  }
}
---
# fail: everybody is let in
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 3389
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099
        network_security_group_rules {
          priority              = 200
          access                = "Allow"
          source_address_prefix = "*"
        }
      }
    }
  }
}
---
# fail: the order of rules is that of their priorities
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099
        network_security_group_rules {
          priority              = 300
          access                = "Deny"
          source_address_prefix = "*"
        }
        network_security_group_rules {
          priority              = 200
          access                = "Allow"
          source_address_prefix = "0.0.0.0/1"
        }
      }
    }
  }
}
---
# pass: a range is let in, and all others are denied
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099
        network_security_group_rules {
          priority              = 200
          access                = "Allow"
          source_address_prefix = "203.0.113.0/24"
        }
        network_security_group_rules {
          priority              = 300
          access                = "Deny"
          source_address_prefix = "Internet"
        }
      }
    }
  }
}
---
# pass: the rest is denied by default
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099
        network_security_group_rules {
          priority              = 200
          access                = "Allow"
          source_address_prefix = "VirtualNetwork"
        }
      }
    }
  }
}
---
# pass: a port for something else
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 8443
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099

      }
    }
  }
}
---
# not_applicable: no endpoints
pool "p" {}
---
# unknown: who may come in is told after apply
pool "p" {
  network_configuration {
    endpoint_configuration {
      inbound_nat_pools {
        name                      = "remote"
        protocol                  = "TCP"
        backend_port              = 22
        frontend_port_range_start = 10000
        frontend_port_range_end   = 10099
        network_security_group_rules {
          priority              = 200
          access                = "Allow"
          source_address_prefix = local.unknown
        }
      }
    }
  }
}
