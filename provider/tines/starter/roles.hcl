# What people can do in a team. The label is the name of the role, which Tines cannot
# change later. A role starts from a default role and differs from it, or lists its
# permissions. No permission implies another. "rolecall permissions" lists those that
# the roles of the tenant have.

role "ROLECALL_SAMPLE_READER" {
  description = "Reads stories and cases, and changes nothing."
  based_on    = "VIEWER"
}

role "ROLECALL_SAMPLE_OPENER" {
  description = "Reads stories and cases, and opens cases."
  based_on    = "VIEWER"
  enable      = ["CASE_CREATE"]
}
