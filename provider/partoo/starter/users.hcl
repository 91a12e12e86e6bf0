# Who. The label is the e-mail address that the person signs in with. Remove the
# comment marks. The second block reads people from managers.csv.
#
# access "european_birds" { groups = [group.europe, group.birds] }
#
# user "ana@zoo.example" {
#   first_name  = "Ana"
#   last_name   = "Diaz"
#   role        = "GROUP_MANAGER" # where: in the accesses
#   custom_role = role.rolecall_sample_editor
#   accesses    = [access.european_birds]
#   invite      = "silent" # or "email", "none"
#   disabled    = false    # who was disabled and is back in the files can sign in again
# }
#
# user "managers" {
#   for_each    = { for r in csvdecode(file("managers.csv")) : r.email => r }
#   email       = each.key
#   first_name  = each.value.first_name
#   last_name   = each.value.last_name
#   role        = "BUSINESS_MANAGER" # where: in the businesses
#   custom_role = role[each.value.role]
#   store_codes = [each.value.store]
#   disabled    = false
# }
