# What a role can do with an object. What a block does not name stays as it is, and
# everything stays when a block is deleted. Every role and object of an organization
# has its permissions already, so a block changes them. Remove the comment marks once
# the role and the object are the ones that you mean.
#
# permission "guest" "contact" {
#   record = { create = false, delete = false }
#   boards = { contact = false }
# }
#
# For several objects at once, and for single fields; "rolecall permissions" lists
# the fields of declared objects:
#
# permission "sales" "prices" {
#   for_each = toset(["order", "quote"])
#   object   = each.key
#   data     = "custom"
#   record   = { create = false, delete = false }
#   fields = {
#     edit   = ["notes"]
#     read   = ["customer", "status"]
#     hide   = ["margin", "cost*"]
#     others = "keep" # or "hide", "read"
#   }
# }
