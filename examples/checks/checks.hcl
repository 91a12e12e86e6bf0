# At most two administrators.
check "few administrators" {
  condition     = length(administrators()) <= 2
  error_message = "There are ${length(administrators())} administrators, and at most 2 are allowed: ${join(", ", administrators())}."
}

# Separation of duties. Administrators can do everything, and are counted above.
check "nobody answers and flags reviews" {
  for_each      = setsubtract(who_can("review_reply_negative_reviews"), administrators())
  condition     = !can(each.key, "review_flag")
  error_message = "${each.key} may answer reviews and flag them."
}

# A right that only some may have, at any store.
check "only these may close a store" {
  for_each      = setsubtract(who_can("business_edit_status"), administrators())
  condition     = contains(["cleo@bakeries.example"], each.key)
  error_message = "${each.key} may close a store. If that is meant, add the user to the list in this check."
}

# A right that must not be missing, at every store.
check "every store has a manager" {
  for_each      = { for s in local.stores : s.code => s.name }
  condition     = length(setsubtract(who_can("review_reply_negative_reviews", each.key), administrators())) > 0
  error_message = "Nobody answers the reviews of ${each.key} ${each.value}."
}

# New privileges need a ticket. A pipeline sets ROLECALL_VAR_ticket to the label of the pull request.
variable "ticket" {
  type        = string
  default     = ""
  description = "The ticket that asks for new privileged rights, such as SEC-12."

  validation {
    condition     = var.ticket == "" || can(regex("^SEC-[0-9]+$", var.ticket))
    error_message = "A ticket is written SEC-12."
  }
}

check "new privileges have a ticket" {
  for_each      = plan.gains
  condition     = length(each.value.privileged) == 0 || var.ticket != ""
  error_message = "${each.key} gains ${join(", ", each.value.privileged)}. Label the pull request with a ticket."
}

# A test of access: one manager, one store.
check "Léa runs Lyon and nothing else" {
  condition     = can("lea@bakeries.example", "business_edit", "B01") && !can("lea@bakeries.example", "business_edit", "B02")
  error_message = "Léa must be able to edit Lyon, and no other store."
}
