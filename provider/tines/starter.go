package tines

// What rolecall init writes. It plans against the embedded emulator as it stands,
// so that a newcomer sees a plan before having a key.

const starterProvider = `# Access to Tines as code.
#
#   rolecall plan     what would change, and for whom
#   rolecall apply    do it
#
# This starts with the emulator inside rolecall: no key, no server. For your own
# tenant, write its address below, take the endpoint line out, put your own roles
# and teams in the place of the samples, and the key of a tenant owner into the
# environment, with the host of the tenant beside it. The key goes to no other host,
# whatever the files say:
#
#   export TINES_API_KEY=...
#   export TINES_HOST=adjective-noun-1234.tines.com

provider "tines" {
  endpoint = "emulator"
  # tenant = "https://adjective-noun-1234.tines.com"

  # Whose key it is, because Tines does not tell: that user never loses rights.
  # "none" for the key of a service.
  # key_user = "ana@zoo.example"

  # Who decides about users and memberships: "api" is rolecall. What an identity
  # provider decides is only compared.
  # provisioning = "api" # or "scim", "jit", "enhanced_jit"

  # Nobody may remove these, whatever the files say.
  # protect = ["user.ceo@zoo.example"]

  # additive: create and update what is declared, leave the rest alone.
  # authoritative: also remove what no file declares. observe: only report.
  manage "role" { mode = "additive" }
  manage "team" { mode = "additive" }
  manage "membership" { mode = "additive" }

  manage "user" {
    mode = "additive"
    # on_removal = "disable" # under authoritative: "disable" or "delete"
    # ignore     = ["*@tines.io"] # people whom rolecall does not see
  }

  # limits { max_deletes = 5 }
}
`

const starterRoles = `# What people may do in a team. The label is the role's name, which Tines cannot
# change later. A role starts from a default role and differs from it, or lists
# its permissions. No permission implies another.

role "STORY_READER" {
  description = "Reads stories and cases, and changes nothing."
  based_on    = "VIEWER"
}

role "CASE_OPENER" {
  description = "Reads stories and cases, and opens cases."
  based_on    = "VIEWER"
  enable      = ["CASE_CREATE"]
}
`

const starterTeams = `# Where people may do it. The label is the team's name. Take the marks away to put
# people into the team; whoever is no user of the tenant yet is invited by e-mail.

team "Automation" {
  # members = {
  #   "ana@zoo.example" = role.CASE_OPENER
  #   "ben@zoo.example" = "EDITOR" # a default role
  # }
}

# Or read the members from a file, with lines such as "ana@zoo.example: CASE_OPENER":
#
# team "Detection" {
#   members = { for email, name in yamldecode(file("detection.yaml")) : email => role[name] }
# }
#
# Or one by one:
#
# membership "Automation" "cleo@zoo.example" {
#   team = team.Automation
#   role = role.STORY_READER
# }
`

const starterUsers = `# Who, in the whole tenant. Take the marks away.
#
# user "ana@zoo.example" {
#   first_name         = "Ana"
#   last_name          = "Diaz"
#   tenant_permissions = ["AUDIT_LOG_READ"]
#   active             = true # who was deactivated and is back in the files can sign in again
# }
#
# user "owner@zoo.example" {
#   admin = true # does everything everywhere, whatever the role in a team
# }
`
