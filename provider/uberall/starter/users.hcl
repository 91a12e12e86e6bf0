user "kay@crumb.example" {
  first_name = "Kay"
  last_name  = "Diaz"
  profile    = profile.store_manager
}

user "jo@crumb.example" {
  first_name = "Jo"
  last_name  = "Okafor"
  profile    = profile.answers_reviews
  # status   = "INVITED" # sends an e-mail; a plan counts them
}

# A group gives its users its locations. They are named by identifier or by name.
location_group "Harbor" {
  locations = ["N003"]
  users     = [user["kay@crumb.example"], user["jo@crumb.example"]]
}
