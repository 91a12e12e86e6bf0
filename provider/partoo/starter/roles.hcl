# What people can do. The label is the api_id of the role. "rolecall permissions"
# lists the names of the permissions.

role "rolecall_sample_editor" {
  name        = "rolecall sample: store editor"
  description = "Edits the opening hours and the name of stores."
  permissions = [
    "business_edit",
    "business_edit_name",
    "business_edit_open_hours",
  ]
}

# A role can contain another one.
role "rolecall_sample_lead" {
  name        = "rolecall sample: store lead"
  permissions = concat(role.rolecall_sample_editor.permissions, ["review_management"])
}
