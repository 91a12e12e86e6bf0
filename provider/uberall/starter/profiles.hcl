# A profile is a named set of rights. uberall does not know it: its rights are written into
# every user that refers to it.

# The rights of a new location manager in the app: all but status change and upgrade.
profile "store_manager" {
  role   = "LOCATION_MANAGER"
  preset = "location_manager"
}

# Roles have the names of the API: the app's "Account manager" is BUSINESS_MANAGER, and
# ACCOUNT_MANAGER is the app's "Multi-account manager". To list the features, run
# rolecall permissions.
profile "answers_reviews" {
  role     = "LOCATION_MANAGER"
  features = ["location_profile.view", "customer_feedback.view", "customer_feedback.respond"]
}
