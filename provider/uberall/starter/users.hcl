user "kay@crumb.example" {
  first_name = "Kay"
  last_name  = "Diaz"
  profile    = profile.store_manager
}

user "jo@crumb.example" {
  first_name = "Jo"
  last_name  = "Okafor"
  profile    = profile.answers_reviews
  # status   = "INVITED" # uberall sends an e-mail; the plan says how many
}

# A group gives its users its locations, which are written by identifier or by name.
location_group "Harbor" {
  locations = ["N003"]
  users     = [user["kay@crumb.example"], user["jo@crumb.example"]]
}
