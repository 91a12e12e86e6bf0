# Access to Tines as code.
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
