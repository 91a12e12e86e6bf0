# Written by rolecall partoo legacy. As long as this line is here, rolecall appends new objects to the file.

user "users" {
  for_each    = { for r in csvdecode(file("users.csv")) : r.email => r }
  role        = each.value.role
  custom_role = role[each.value.custom_role]
}
