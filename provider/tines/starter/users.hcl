# Who, in the whole tenant. Remove the comment marks.
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
