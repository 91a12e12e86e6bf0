# Access to one uberall organization.
#
#   rolecall plan     what would change
#   rolecall apply    change it
#
# This plans against the emulator inside rolecall, which needs no key. For the real
# organization take endpoint out, write its number, and set UBERALL_PRIVATE_KEY.
provider "uberall" {
  sales_partner_id = 42
  endpoint         = "emulator"
  email            = "olu@crumb.example" # signs in where location groups change

  # Users whom no file declares stay as they are. To make them INACTIVE instead, name the
  # accounts of which the key sees every user; "*" is the whole organization.
  #
  # authoritative_accounts = ["*"]
  # manage "user" {
  #   mode = "authoritative"
  # }
}
