# A security team as access code: three teams, a role for each sort of work, and a
# roster that says who is where.
#
#   rolecall plan examples/soc     what would change, and for whom
#   rolecall apply examples/soc    do it
#
# The product behind it is an emulator inside rolecall: no key, no server. Its
# data starts as tines.seed.json and then lives in .rolecall/ in this folder.

provider "tines" {
  tenant   = "https://soc.tines.com"
  endpoint = "emulator"

  # Tines does not say whose key it is. From this user nothing is ever taken.
  key_user = "olga@soc.example"
  protect  = ["user.omar@soc.example"] # the other owner stays, whatever the files say

  manage "role" { mode = "authoritative" }       # roles that no file declares are deleted
  manage "membership" { mode = "authoritative" } # and so does who is in a team and on no list

  manage "user" {
    mode       = "authoritative" # who leaves the roster ...
    on_removal = "deactivate"    # ... can no longer sign in; deleting cannot be undone
  }
}
