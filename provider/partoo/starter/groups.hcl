# Where people can do it. Inside one access, groups of the same section mean OR,
# groups of different sections mean AND.

section "continent" { name = "rolecall sample: continent" }
section "class" { name = "rolecall sample: class" }

# A group without businesses and store_codes keeps the businesses that it has; a new
# one starts empty.
group "europe" {
  section = section.continent
  name    = "rolecall sample: Europe"
  # store_codes = ["S-0012", "S-0013"] # or businesses = [...] with their ids
}

group "birds" {
  section = section.class
  name    = "rolecall sample: birds"
}
