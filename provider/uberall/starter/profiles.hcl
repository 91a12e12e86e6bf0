# A profile is a named set of rights. uberall does not know it: its rights are written into
# every user that refers to it.

# What a new location manager has in the app: all but status change and upgrade.
profile "store_manager" {
  role   = "LOCATION_MANAGER"
  preset = "location_manager"
}

# Note the names: the app's "Account manager" is BUSINESS_MANAGER in the API, and
# ACCOUNT_MANAGER is the app's "Multi-account manager".
profile "answers_reviews" {
  role     = "LOCATION_MANAGER"
  features = ["location_profile.view", "customer_feedback.view", "customer_feedback.respond"]
}
