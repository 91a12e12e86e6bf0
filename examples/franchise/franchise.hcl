# A franchise with three accounts and 300 stores: admins, managers of accounts, a manager for
# each store from a spreadsheet, and a location group for each region.

provider "uberall" {
  sales_partner_id       = 42
  endpoint               = "emulator"
  email                  = "owner@franchise.example" # the admin who signs in to change location groups
  authoritative_accounts = ["*"]                     # the key is an admin's, so it sees every user

  manage "user" {
    mode   = "authoritative" # users who leave the files become INACTIVE
    ignore = ["owner@franchise.example", "robot@franchise.example"]
  }
  manage "location_group" { mode = "authoritative" }
}

profile "store_manager" {
  role = "LOCATION_MANAGER"
  features = [
    "location_profile.view",
    "location_profile.edit",
    "customer_feedback.view",
    "customer_feedback.respond",
    "insights.view",
    "own_data",
    "help",
  ]
  fields = ["openingHours", "specialOpeningHours", "phone", "photos"]
}

# A store manager who also posts, and edits more fields.
profile "store_lead" {
  role     = "LOCATION_MANAGER"
  features = concat(profile.store_manager.features, ["posting.view", "posting.edit"])
  fields   = concat(profile.store_manager.fields, ["descriptionShort", "descriptionLong"])
}

# What the app calls "Account manager": no new accounts, and no ads.
profile "account_manager" {
  role = "BUSINESS_MANAGER"
  features = concat(profile.store_lead.features, [
    "location_profile.duplicates",
    "location_profile.status_change",
    "customer_feedback.approve",
    "user_rights",
  ])
  fields = profile.store_lead.fields
}

# Everything that a new user has in the app.
profile "admin" {
  role   = "ADMIN"
  preset = "everything"
}
