package roserocket

// What rolecall init writes. It plans against the embedded emulator as it stands,
// so that a newcomer sees a plan before having access.

const starterProvider = `# Access to Rose Rocket as code.
#
#   rolecall plan     what would change, and for whom
#   rolecall apply    do it
#
# This starts with the emulator inside rolecall: no key, no server. For your own
# organization, write its address and ids below, put your own roles and objects in
# the place of the samples, and the client secret of the OAuth application into the
# environment, with the host of the organization beside it. What it gives access to
# goes to no other host, whatever the files say:
#
#   export ROSEROCKET_CLIENT_SECRET=...
#   export ROSEROCKET_HOST=example.roserocket.com
#
# Applications and their service accounts are made in Rose Rocket under Settings,
# API Settings, Applications. Make the service account an Admin: it is a Manager
# at first, and a Manager may not change permissions.

provider "roserocket" {
  endpoint  = "emulator" # or https://example.roserocket.com
  org_id    = "00000000-0000-4000-8000-000000000042"
  client_id = "rolecall"
  user_id   = "00000000-0000-4000-8000-000000000001" # the service account

  # The role of the service account. Its permissions are not changed, so that
  # rolecall does not lock itself out.
  # own_role       = "admin"
  # allow_own_role = false

  # How the API spells the words of data, where it cannot be learned from the
  # permissions that are read.
  # literals = { full = "...", read_only = "...", custom = "..." }
}
`

const starterPermissions = `# What a role may do with an object. What a block does not name is left as it is,
# and so is everything when a block is taken out.

permission "guest" "contact" {
  record = { create = false, delete = false }
  boards = { contact = false }
}

# For several objects at once, and for single fields:
#
# permission "sales" "money" {
#   for_each = toset(["invoice", "bill"])
#   object   = each.key
#   data     = "custom"
#   record   = { create = false, delete = false }
#   fields = {
#     edit   = ["notes"]
#     read   = ["customer", "status"]
#     hide   = ["margin", "cost*"]
#     others = "keep" # or "hide", "read"
#   }
# }
`

const starterGroups = `# Groups of users, with whom boards are shared. People are invited and given their
# role in Rose Rocket; the API has no call for it. A user block gives the id of one
# a name, so that plans can be read.

# user "ana" {
#   id    = "00000000-0000-4000-8000-000000000101"
#   email = "ana@freight.example"
#   role  = "sales"
# }

user_group "Night shift" {
  description = "Plans the night"
  # members = [user.ana] # always the whole list
}
`
