# XYZ Freight, the company of Rose Rocket's guide to roles and permissions, as code:
# Operations moves deliveries and sees no money, Sales creates and deletes nothing,
# Partners see no pay stubs.
#
#   rolecall plan examples/freight     what would change, and for whom
#   rolecall apply examples/freight    do it
#
# The product behind it is an emulator inside rolecall: no key, no server. Its
# data starts as roserocket.seed.json and then lives in .rolecall/ in this folder.

provider "roserocket" {
  endpoint  = "emulator"
  org_id    = "00000000-0000-4000-8000-000000000042"
  client_id = "rolecall"
  user_id   = "00000000-0000-4000-8000-000000000001"

  # The first plan takes most rights of Operations on six objects. Without this line it
  # is refused, because more than five are more than somebody may take by mistake.
  limits { max_deletes = 6 }
}

# Patterns, so that they may stand for fields that only some objects have.
locals {
  money = ["*ost", "margin*", "revenue*", "credit*", "balance*"]
}

# Operations: what a customer's status is, and when a load is delivered.
permission "operations" "work" {
  for_each = toset(["customer", "order", "stop"])
  object   = each.key
  data     = "custom"
  fields = {
    edit   = ["delivery*", "arrived*", "note*"]
    hide   = local.money
    others = "read"
  }
}

permission "operations" "finance" {
  for_each = toset(["invoice", "bill", "financialLineItem", "quote"])
  object   = each.key
  data     = "none"
}

# Sales: view and edit what there is.
permission "sales" "records" {
  for_each = toset(["customer", "order", "stop", "quote"])
  object   = each.key
  record   = { create = false, delete = false }
}

# Partners: no pay stubs, nor the board with them.
permission "partner" "payStub" {
  data   = "none"
  boards = { payStub = false }
}

# People are invited, and given their role, in Rose Rocket. Here they have names.
user "ana" {
  id    = "00000000-0000-4000-8000-000000000101"
  email = "ana@freight.example"
  role  = "operations"
}

user "cara" {
  id    = "00000000-0000-4000-8000-000000000103"
  email = "cara@freight.example"
  role  = "operations"
}

user_group "Dispatch" {
  members = [user.ana, user.cara]
}
