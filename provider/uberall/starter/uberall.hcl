# Access to one uberall organization.
#
#   rolecall plan     what would change
#   rolecall apply    change it
#
# This uses the emulator inside rolecall, which needs no key. For your own organization:
#   1. Delete the line endpoint, and write the number of your organization.
#   2. In email, write the address of an admin, or delete the line to use the key's own user.
#   3. Set UBERALL_PRIVATE_KEY to a private key of an admin (Settings, API keys).
#   4. Replace the sample users and the sample group by your own.
provider "uberall" {
  sales_partner_id = 42
  endpoint         = "emulator"
  email            = "olu@crumb.example" # the admin who signs in to change location groups

  # Users whom no file declares stay as they are. To make them INACTIVE instead, name the
  # accounts of which the key sees every user, or "*" for the whole organization.
  #
  # authoritative_accounts = ["*"]
  # manage "user" {
  #   mode = "authoritative"
  # }
}
