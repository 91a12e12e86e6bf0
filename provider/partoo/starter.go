package partoo

// What rolecall init writes. It plans against the embedded emulator as it stands,
// so that a newcomer sees a plan before having a key.

const starterProvider = `# Access to Partoo as code.
#
#   rolecall plan     what would change, and for whom
#   rolecall apply    do it
#
# This starts with the emulator inside rolecall: no key, no server. Its organization
# has the stores and the people of partoo.seed.json. The samples in the other files
# have names that no organization has, so they change nothing that exists. For your
# own organization, replace them with your own roles and groups, write the number of
# the organization below, delete the endpoint line and partoo.seed.json, and put an API
# key of an administrator into the environment:
#
#   export PARTOO_API_KEY=...
#
# Create keys at https://app.partoo.co/settings/integrations/api-keys.

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"

  # These are never removed, whatever the files say.
  # protect = ["user.director@zoo.example"]

  # additive: create and update what is declared, leave the rest alone.
  # authoritative: also remove what no file declares. observe: only report.
  manage "section" { mode = "additive" }
  manage "group" { mode = "additive" }
  manage "role" { mode = "additive" }

  manage "user" {
    mode = "additive"
    # on_removal = "deactivate"      # under authoritative: "deactivate" or "delete"
    # ignore     = ["*@partoo.co"]   # people that rolecall leaves alone
  }

  # limits { max_deletes = 5 }
}
`

const starterRoles = `# What people can do. The label is the api_id of the role. "rolecall permissions"
# lists the names of the permissions.

role "rolecall_sample_editor" {
  name        = "rolecall sample: store editor"
  description = "Edits the opening hours and the name of stores."
  permissions = [
    "business_edit",
    "business_edit_name",
    "business_edit_open_hours",
  ]
}

# A role can contain another one.
role "rolecall_sample_lead" {
  name        = "rolecall sample: store lead"
  permissions = concat(role.rolecall_sample_editor.permissions, ["review_management"])
}
`

const starterGroups = `# Where people can do it. Inside one access, groups of the same section mean OR,
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

access "european_birds" { groups = [group.europe, group.birds] }
`

const starterUsers = `# Who. The label is the e-mail address that the person signs in with. Remove the
# comment marks. The second block reads people from managers.csv.
#
# user "ana@zoo.example" {
#   first_name  = "Ana"
#   last_name   = "Diaz"
#   role        = "GROUP_MANAGER" # where: in the accesses
#   custom_role = role.rolecall_sample_editor
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

const starterManagers = `email,first_name,last_name,role,store
ben@zoo.example,Ben,Okafor,rolecall_sample_editor,S-0012
cleo@zoo.example,Cleo,Martin,rolecall_sample_lead,S-0013
`

// starterSeed is what the emulated organization has, so that everything in the samples
// names something that exists.
const starterSeed = `{
  "businesses": [
    { "code": "S-0012", "name": "Sample store 12", "city": "Lyon", "country": "FR" },
    { "code": "S-0013", "name": "Sample store 13", "city": "Porto", "country": "PT" }
  ],
  "users": [
    { "email": "director@zoo.example", "first_name": "Dora", "last_name": "Ibarra", "role": "ORG_ADMIN" },
    { "email": "support@partoo.co", "first_name": "Sam", "last_name": "Support", "role": "ORG_ADMIN" }
  ],
  "api_keys": [
    { "key": "sample", "user": "director@zoo.example", "label": "rolecall" }
  ]
}
`
