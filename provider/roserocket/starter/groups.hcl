# Groups of users, with which boards are shared. People are invited and get their role
# in Rose Rocket; its API has no call for it. A user block gives the id of a user a
# name, so that people can read plans.

# user "ana" {
#   id    = "00000000-0000-4000-8000-000000000101"
#   email = "ana@freight.example"
#   role  = "sales"
# }

user_group "rolecall sample" {
  description = "Shows how a group is declared"
  # members = [user.ana] # always the whole list
}
