package roserocket

// What rolecall init writes. It plans against the embedded emulator as it stands,
// so that a newcomer sees a plan before having access.

const starterProvider = `# Access to Rose Rocket as code.
#
#   rolecall plan     what would change, and for whom
#   rolecall apply    do it
#
# This starts with the emulator inside rolecall: no key, no server. For your own
# organization, write its address and ids below, and put the client secret of the
# OAuth application and the host of the organization into the environment. The secret
# is sent to no other host, whatever the files say. Nothing in the other files changes
# what exists, until you remove comment marks:
#
#   export ROSEROCKET_CLIENT_SECRET=...
#   export ROSEROCKET_HOST=example.roserocket.com
#
# Create applications and their service accounts in Rose Rocket under Settings,
# API Settings, Applications. Make the service account an Admin: it is a Manager
# at first, and a Manager may not change permissions.

provider "roserocket" {
  endpoint  = "emulator" # or https://example.roserocket.com
  org_id    = "00000000-0000-4000-8000-000000000042"
  client_id = "rolecall"
  user_id   = "00000000-0000-4000-8000-000000000001" # the service account

  # The role of the service account. Its permissions are not changed, so that
  # rolecall cannot lock itself out.
  # own_role       = "admin"
  # allow_own_role = false

  # How the API spells the words of data, where it cannot be learned from the
  # permissions that are read. These are the words of the emulator; an organization may
  # have others.
  # literals = { full = "full", read_only = "readOnly", custom = "custom" }
}
`

const starterPermissions = `# What a role can do with an object. What a block does not name stays as it is, and
# everything stays when a block is deleted. Every role and object of an organization
# has its permissions already, so a block changes them. Remove the comment marks once
# the role and the object are the ones that you mean.
#
# permission "guest" "contact" {
#   record = { create = false, delete = false }
#   boards = { contact = false }
# }
#
# For several objects at once, and for single fields; "rolecall permissions" lists
# the fields of declared objects:
#
# permission "sales" "prices" {
#   for_each = toset(["order", "quote"])
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

const starterGroups = `# Groups of users, with which boards are shared. People are invited and get their role
# in Rose Rocket; its API has no call for it. A user block gives the id of a user a
# name, so that people can read plans.

# user "ana" {
#   id    = "00000000-0000-4000-8000-000000000101"
#   email = "ana@freight.example"
#   role  = "sales"
# }

user_group "rolecall sample" {
  description = "Shows how a group is declared"
  # members = [user.ana] # always the whole list
}
`
