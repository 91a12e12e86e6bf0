# The two roles of Partoo's own guide to custom roles, and a third one made of
# them. Only roles are declared here: people and groups are left alone.

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"
}

# May edit what visitors read about a business, but neither its status, nor its
# SIRET number, nor its store code.
role "business_editor" {
  name        = "Business Editor"
  description = "Can edit most business data but neither its status nor its SIRET nor its store code."
  permissions = [
    "business_edit",
    "business_edit_name",
    "business_edit_categories",
    "business_edit_country",
    "business_edit_city",
    "business_edit_zipcode",
    "business_edit_address",
    "business_edit_address2",
    "business_edit_coordinates",
    "business_edit_open_hours",
    "business_edit_specific_hours",
    "business_edit_more_hours",
    "business_edit_description_short",
    "business_edit_description_long",
    "business_edit_attributes",
    "business_edit_website_url",
    "business_edit_facebook_url",
    "business_edit_twitter_url",
    "business_edit_attributes_url",
    "business_edit_email",
    "business_edit_phone_number",
    "business_edit_fax",
    "business_edit_full_name",
    "business_edit_photo_secondary",
    "business_edit_photo_cover",
    "business_edit_photo_logo",
    "business_edit_services",
    "business_edit_menus",
  ]
}

# Full access to reviews, and nothing else.
role "review_manager" {
  name        = "Review Manager"
  description = "Full access to reviews with their templates and tags and analytics and the review booster."
  permissions = [
    "review_management",
    "review_download",
    "review_manage_state",
    "review_flag",
    "review_tags_manage",
    "review_tags_assign",
    "review_tags_manage_auto_settings",
    "review_reply_positive_reviews",
    "review_reply_neutral_reviews",
    "review_reply_negative_reviews",
    "review_reply_template_use",
    "review_reply_template_manage",
    "review_reply_suggestion",
    "review_manage_auto_reply_without_comments",
    "review_manage_auto_reply_with_comments",
    "review_analytics",
    "review_analytics_download",
    "review_analysis",
    "review_analysis_manage_settings",
    "review_booster",
    "review_booster_edit_expeditor_name",
    "review_booster_share_link",
    "review_booster_show_qr_code",
    "review_booster_manage_sms_template",
  ]
}

# Roles compose: both of the above in one.
role "store_lead" {
  name        = "Store Lead"
  description = "Edits business data and manages reviews."
  permissions = concat(role.business_editor.permissions, role.review_manager.permissions)
}
