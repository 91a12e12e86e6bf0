# Where people can do it. The label is the name of the team. Remove the comment marks to
# put people into the team. People who are not users of the tenant are invited by e-mail.

team "rolecall sample" {
  # members = {
  #   "ana@zoo.example" = role.ROLECALL_SAMPLE_OPENER
  #   "ben@zoo.example" = "EDITOR" # a default role
  # }
}

# Or read the members from detection.yaml:
#
# team "rolecall detection" {
#   members = { for email, name in yamldecode(file("detection.yaml")) : email => role[name] }
# }
#
# Or one by one:
#
# membership "rolecall sample" "cleo@zoo.example" {
#   team = team["rolecall sample"]
#   role = role.ROLECALL_SAMPLE_READER
# }
