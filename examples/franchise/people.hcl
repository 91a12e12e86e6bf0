locals {
  managers = csvdecode(file("managers.csv"))
  regions  = { for m in local.managers : m.region => m... }
  leads = {
    Coast = "mira@franchise.example"
    Hills = "noah@franchise.example"
    Lakes = "olaf@franchise.example"
    Plain = "petra@franchise.example"
  }
}

user "deputy@franchise.example" {
  first_name = "Dilan"
  last_name  = "Deputy"
  profile    = profile.admin
}

# Managers of accounts. Accounts are written by identifier or by name.
user "anna@franchise.example" {
  first_name = "Anna"
  last_name  = "North"
  profile    = profile.account_manager
  accounts   = ["harbor", "Valley Stores AG"]
}

user "boris@franchise.example" {
  first_name = "Boris"
  last_name  = "South"
  profile    = profile.account_manager
  accounts   = ["meadow"]
}

# One row of the spreadsheet is one store with its manager.
user "manager" {
  for_each   = { for m in local.managers : m.email => m }
  first_name = each.value.first_name
  last_name  = each.value.last_name
  profile    = profile[each.value.profile]
  locations  = [each.value.store]
  status     = "VERIFIED" # INVITED would send 300 e-mails
}

# A lead of a region has no store of their own: the locations come from the group.
user "lead" {
  for_each   = local.leads
  email      = each.value
  first_name = title(split("@", each.value)[0])
  last_name  = each.key
  profile    = profile.store_lead
}

location_group "region" {
  for_each  = local.regions
  name      = each.key
  locations = [for m in each.value : m.store]
  users     = [local.leads[each.key]]
}
