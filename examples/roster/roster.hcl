# A thousand store managers from a spreadsheet: one row a person, one block for
# all of them. Edit the CSV, and the plan says who comes, goes and changes.

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"

  manage "role" { mode = "additive" }

  manage "user" {
    mode       = "authoritative" # who leaves the file ...
    on_removal = "deactivate"    # ... can no longer sign in, and can come back
    ignore     = ["owner@*"]     # who owns the account
  }
}

variable "roster" {
  type        = string
  default     = "managers.csv"
  description = "CSV file with the columns email, first_name, last_name, store, role and lang."

  validation {
    condition     = endswith(var.roster, ".csv")
    error_message = "The roster is a CSV file."
  }
}

locals {
  managers = csvdecode(file(var.roster))
}

role "store_manager" {
  name        = "Store Manager"
  description = "Keeps opening hours and photos right and answers reviews."
  permissions = [
    "business_edit",
    "business_edit_open_hours",
    "business_edit_specific_hours",
    "business_edit_photo_secondary",
    "review_management",
    "review_reply_positive_reviews",
    "review_reply_neutral_reviews",
  ]
}

role "store_lead" {
  name        = "Store Lead"
  description = "A store manager who also answers unhappy customers."
  permissions = concat(role.store_manager.permissions, ["review_reply_negative_reviews"])
}

user "manager" {
  for_each    = { for m in local.managers : m.email => m }
  first_name  = each.value.first_name
  last_name   = each.value.last_name
  role        = "BUSINESS_MANAGER"
  custom_role = role[each.value.role]
  store_codes = [each.value.store]
  lang        = each.value.lang
  disabled    = false # who comes back to the file can sign in again
}
