# Access to Rose Rocket as code.
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
