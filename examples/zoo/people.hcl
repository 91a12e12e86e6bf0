# What a role may do, which accesses there are, and who has what.

role "keeper" {
  name        = "Keeper"
  description = "Keeps the facts about an animal right and answers its visitors."
  permissions = [
    "business_edit",
    "business_edit_name",
    "business_edit_open_hours",
    "review_management",
    "review_reply_positive_reviews",
  ]
}

role "head_keeper" {
  name        = "Head Keeper"
  description = "A keeper who may also answer unhappy visitors and use templates."
  permissions = concat(role.keeper.permissions, [
    "review_reply_neutral_reviews",
    "review_reply_negative_reviews",
    "review_reply_template_use",
  ])
}

access "european_omnivorous_birds" {
  groups = [group.continent["Europe"], group.class["Birds"], group.food["Omnivore"]]
}

access "african_carnivorous_reptiles" {
  groups = [group.continent["Africa"], group.class["Reptiles"], group.food["Carnivore"]]
}

user "ana@zoo.example" {
  first_name  = "Ana"
  last_name   = "Diaz"
  role        = "GROUP_MANAGER"
  custom_role = role.head_keeper
  accesses    = [access.european_omnivorous_birds, access.african_carnivorous_reptiles]
  lang        = "es"
}

user "ben@zoo.example" {
  first_name  = "Ben"
  last_name   = "Okoro"
  role        = "GROUP_MANAGER"
  custom_role = role.keeper
  accesses    = [access.african_carnivorous_reptiles]
}

user "chloe@zoo.example" {
  first_name  = "Chloe"
  last_name   = "Martin"
  role        = "BUSINESS_MANAGER"
  custom_role = role.keeper
  store_codes = ["A11", "A12"] # the fish
}
