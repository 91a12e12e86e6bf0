# Access to Partoo as code.
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
