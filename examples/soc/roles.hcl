# What each sort of work needs, and not more. Seeing something, changing it and
# deleting it are three permissions in Tines, of which none brings another.

role "analyst" {
  name        = "SOC_ANALYST"
  description = "Works on cases and reads the stories behind them."
  permissions = ["CASE_VIEW", "CASE_CREATE", "STORY_VIEW", "EVENT_VIEW"]
}

role "lead" {
  name        = "SOC_LEAD"
  description = "An analyst who may also close cases for good and see who is in the team."
  permissions = concat(role.analyst.permissions, ["CASE_MANAGE", "MEMBER_VIEW"])
}

# From one of the roles that Tines brings along, with some things on and others
# off. The plan shows what that comes to.
role "hunter" {
  name        = "THREAT_HUNTER"
  description = "Builds stories and dashboards, and leaves credentials alone."
  based_on    = "EDITOR"
  enable      = ["DASHBOARD_MANAGE"]
  disable     = ["CREDENTIAL_VIEW", "CREDENTIAL_CREATE"]
}

role "responder" {
  name        = "INCIDENT_RESPONDER"
  description = "Sees everything, and works on cases."
  based_on    = "VIEWER"
  enable      = ["CASE_CREATE", "CASE_MANAGE"]
}
