# A zoo as access code: animals are the businesses, labelled by groups in three
# sections, and keepers see what their accesses let through.
#
#   rolecall plan examples/zoo     what would change, and for whom
#   rolecall apply examples/zoo    do it
#
# The product behind it is an emulator inside rolecall: no key, no server. Its
# data starts as partoo.seed.json and then lives in .rolecall/ in this folder.

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"

  # Nobody may remove this person, whatever the files say.
  protect = ["user.director@zoo.example"]

  manage "role" { mode = "authoritative" } # roles that no file declares are deleted
  manage "user" { mode = "additive" }      # people whom no file declares are left alone and listed
}
