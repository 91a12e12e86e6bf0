package partoo

// What rolecall init writes. It plans against the embedded emulator as it stands,
// so that a newcomer sees a plan before having a key.

const starterProvider = `# Access to Partoo as code.
#
#   rolecall plan     what would change, and for whom
#   rolecall apply    do it
#
# This starts with the emulator inside rolecall: no key, no server. For your own
# organization, write its number below, take the endpoint line out, put your own
# roles and groups in the place of the samples, and an API key of an
# administrator into the environment:
#
#   export PARTOO_API_KEY=...
#
# Keys are made at https://app.partoo.co/settings/integrations/api-keys.

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"

  # Nobody may remove these, whatever the files say.
  # protect = ["user.ceo@zoo.example"]

  # additive: create and update what is declared, leave the rest alone.
  # authoritative: also remove what no file declares. observe: only report.
  manage "section" { mode = "additive" }
  manage "group" { mode = "additive" }
  manage "role" { mode = "additive" }

  manage "user" {
    mode = "additive"
    # on_removal = "disable"         # under authoritative: "disable" or "delete"
    # ignore     = ["*@partoo.co"]   # people whom rolecall does not see
  }

  # limits { max_deletes = 5 }
}
`

const starterRoles = `# What people may do. The label is the role's api_id.

role "store_editor" {
  name        = "Store editor"
  description = "Edits the opening hours and the name of stores."
  permissions = [
    "business_edit",
    "business_edit_name",
    "business_edit_open_hours",
  ]
}

# Roles compose.
role "store_lead" {
  name        = "Store lead"
  permissions = concat(role.store_editor.permissions, ["review_management"])
}
`

const starterGroups = `# Where people may do it. Inside one access, groups of the same section mean OR,
# groups of different sections mean AND.

section "continent" { name = "Continent" }
section "class" { name = "Class" }

# Where neither businesses nor store_codes is written, a group that exists keeps
# the businesses it has, and a new one starts empty.
group "europe" {
  section = section.continent
  name    = "Europe"
  # store_codes = ["0012", "0013"] # or businesses = [...] with their ids
}

group "birds" {
  section = section.class
  name    = "Birds"
}

access "european_birds" { groups = [group.europe, group.birds] }
`

const starterUsers = `# Who. The label is the address that the person signs in with. Take the marks
# away, or read people from a CSV:
#
# user "ana@zoo.example" {
#   first_name  = "Ana"
#   last_name   = "Diaz"
#   role        = "GROUP_MANAGER" # where: in the accesses
#   custom_role = role.store_editor
#   accesses    = [access.european_birds]
#   invite      = "silent" # or "email", "none"
#   disabled    = false    # who was disabled and is back in the files can sign in again
# }
#
# user "managers" {
#   for_each    = { for r in csvdecode(file("managers.csv")) : r.email => r }
#   email       = each.key
#   first_name  = each.value.first_name
#   last_name   = each.value.last_name
#   role        = "BUSINESS_MANAGER" # where: in the businesses
#   custom_role = role[each.value.role]
#   store_codes = [each.value.store]
#   disabled    = false
# }
`
