# A section holds groups; a group labels businesses. Inside one access, groups of
# the same section mean OR and groups of different sections mean AND.

locals {
  animals = csvdecode(file("animals.csv"))
}

section "class" { name = "Class" }
section "continent" { name = "Continent" }
section "food" { name = "Food" }

group "class" {
  for_each    = toset(["Birds", "Reptiles", "Fish", "Amphibians"])
  section     = section.class
  name        = each.key
  store_codes = [for a in local.animals : a.code if a.class == each.key]
}

group "continent" {
  for_each    = toset(["Europe", "Africa", "Asia", "South America"])
  section     = section.continent
  name        = each.key
  store_codes = [for a in local.animals : a.code if a.continent == each.key]
}

group "food" {
  for_each    = toset(["Omnivore", "Carnivore", "Herbivore"])
  section     = section.food
  name        = each.key
  store_codes = [for a in local.animals : a.code if a.food == each.key]
}
