# Who is where. The roster says it for the teams, and the blocks below for those
# who are more or less than a member.

locals {
  people = { for p in yamldecode(file("roster.yaml")) : p.email => p }
}

user "person" {
  for_each   = local.people
  first_name = each.value.first_name
  last_name  = each.value.last_name
}

team "team" {
  for_each = toset(["SOC", "Threat Hunting", "Incident Response"])
  members  = { for email, p in local.people : email => role[p.teams[each.key]] if contains(keys(p.teams), each.key) }
}

# Owners may do everything in every team, whatever role they have in one.
user "olga@soc.example" { admin = true }
user "omar@soc.example" { admin = true }

# An auditor reads what was done, everywhere, and looks at one team.
user "ada@audit.example" {
  first_name         = "Ada"
  last_name          = "Novak"
  tenant_permissions = ["AUDIT_LOG_READ"]
}

membership "SOC" "ada@audit.example" { role = "VIEWER" }
