# A chain of bakeries with rules about who may do what: checks.hcl has them.
#
#   rolecall plan examples/checks                 what would change, and whether all checks hold
#   rolecall validate --checks examples/checks    the same rules with what the files declare
#
# The product is an emulator inside rolecall: no key, no server.

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"

  # What "privileged" means here; see the check about tickets.
  privileged = ["* on the whole organization", "business_edit_status"]
}

role "manager" {
  name        = "Manager"
  description = "Keeps the page of a store and answers its visitors."
  permissions = ["business_edit", "business_edit_open_hours", "review_management", "review_reply_positive_reviews", "review_reply_negative_reviews"]
}

role "moderator" {
  name        = "Moderator"
  description = "Reports reviews that break the rules and answers none."
  permissions = ["review_management", "review_flag"]
}

role "closer" {
  name        = "Closer"
  description = "Marks stores as closed."
  permissions = ["business_edit", "business_edit_status"]
}

locals {
  stores = csvdecode(file("stores.csv"))
}

user "manager" {
  for_each    = { for s in local.stores : s.manager => s }
  first_name  = title(split("@", each.key)[0])
  last_name   = each.value.name
  role        = "BUSINESS_MANAGER"
  custom_role = role.manager
  store_codes = [each.value.code]
}

user "mia@bakeries.example" {
  first_name  = "Mia"
  last_name   = "Klein"
  role        = "BUSINESS_MANAGER"
  custom_role = role.moderator
  store_codes = [for s in local.stores : s.code]
}

user "cleo@bakeries.example" {
  first_name  = "Cleo"
  last_name   = "Bonnet"
  role        = "BUSINESS_MANAGER"
  custom_role = role.closer
  store_codes = [for s in local.stores : s.code]
}
