package tines

// What rolecall init writes. It plans against the embedded emulator as it stands,
// so that a newcomer sees a plan before having a key.

const starterProvider = `# Access to Tines as code.
#
#   rolecall plan     what would change, and for whom
#   rolecall apply    do it
#
# This starts with the emulator inside rolecall: no key, no server. The samples in
# the other files have names that no tenant has, so they change nothing that exists.
# For your own tenant, replace them with your own roles and teams, write the address
# of the tenant below, delete the endpoint line, and put the key of a tenant owner
# and the host of the tenant into the environment. The key is sent to no other host,
# whatever the files say:
#
#   export TINES_API_KEY=...
#   export TINES_HOST=adjective-noun-1234.tines.com

provider "tines" {
  endpoint = "emulator"
  # tenant = "https://adjective-noun-1234.tines.com"

  # The owner of the key, which Tines does not tell: that user never loses rights.
  # "none" for the key of a service.
  # key_user = "olu@soc.example"

  # What manages users and memberships: "api" is rolecall. What an identity provider
  # manages is only compared.
  # provisioning = "api" # or "scim", "jit", "enhanced_jit"

  # These are never removed, whatever the files say.
  # protect = ["user.olu@soc.example"]

  # additive: create and update what is declared, leave the rest alone.
  # authoritative: also remove what no file declares. observe: only report.
  manage "role" { mode = "additive" }
  manage "team" { mode = "additive" }
  manage "membership" { mode = "additive" }

  manage "user" {
    mode = "additive"
    # on_removal = "deactivate" # under authoritative: "deactivate" or "delete"
    # ignore     = ["noor@*"] # people that rolecall leaves alone
  }

  # limits { max_deletes = 5 }
}
`

const starterRoles = `# What people can do in a team. The label is the name of the role, which Tines cannot
# change later. A role starts from a default role and differs from it, or lists its
# permissions. No permission implies another. "rolecall permissions" lists those that
# the roles of the tenant have.

role "ROLECALL_SAMPLE_READER" {
  description = "Reads stories and cases, and changes nothing."
  based_on    = "VIEWER"
}

role "ROLECALL_SAMPLE_OPENER" {
  description = "Reads stories and cases, and opens cases."
  based_on    = "VIEWER"
  enable      = ["CASE_CREATE"]
}
`

const starterTeams = `# Where people can do it. The label is the name of the team. Remove the comment marks to
# put people into the team. People who are not users of the tenant are invited by e-mail.

team "rolecall sample" {
  # members = {
  #   "ana@zoo.example" = role.ROLECALL_SAMPLE_OPENER
  #   "ben@zoo.example" = "EDITOR" # a default role
  # }
}

# Or read the members from detection.yaml:
#
# team "rolecall detection" {
#   members = { for email, name in yamldecode(file("detection.yaml")) : email => role[name] }
# }
#
# Or one by one:
#
# membership "rolecall sample" "cleo@zoo.example" {
#   team = team["rolecall sample"]
#   role = role.ROLECALL_SAMPLE_READER
# }
`

const starterUsers = `# Who, in the whole tenant. Remove the comment marks.
#
# user "ana@zoo.example" {
#   first_name         = "Ana"
#   last_name          = "Diaz"
#   tenant_permissions = ["AUDIT_LOG_READ"]
#   active             = true # who was deactivated and is back in the files can sign in again
# }
#
# user "ben@zoo.example" {
#   first_name = "Ben"
#   last_name  = "Okafor"
# }
#
# user "cleo@zoo.example" {
#   first_name = "Cleo"
#   last_name  = "Martin"
# }
#
# user "owner@zoo.example" {
#   admin = true # does everything everywhere, whatever the role in a team
# }
`

const starterMembers = `# Members of the team "rolecall detection", with their roles.
ana@zoo.example: ROLECALL_SAMPLE_OPENER
ben@zoo.example: ROLECALL_SAMPLE_READER
`
