# Written by rolecall partoo legacy. As long as this line is here, rolecall appends new objects to the file.

# Partoo publishes no table of what the legacy permissions stand for. Inferred from names:
# - business field siret (closed): business_edit_siret
# - business field website_url (closed): business_edit_website_url
# - business field city (open): business_edit_city
# - business field country (open): business_edit_country
# - business field cover (open): business_edit_photo_cover
# - business field name (open): business_edit_name
# - business field open_hours (open): business_edit_open_hours
# - business field phone_number (open): business_edit_phone_number

builtin_role "BUSINESS_MANAGER" {
  permissions = [
    "business_edit",
    "business_edit_city",
    "business_edit_country",
    "business_edit_name",
    "business_edit_open_hours",
    "business_edit_phone_number",
    "business_edit_photo_cover",
    "review_analytics",
    "review_analytics_download",
    "review_booster",
    "review_booster_share_link",
    "review_flag",
    "review_management",
    "review_reply_negative_reviews",
    "review_reply_positive_reviews",
    "zoo_posts_publish",
    "zoo_posts_write",
  ]
}

builtin_role "GROUP_MANAGER" {
  permissions = [
    "business_edit",
    "business_edit_city",
    "business_edit_country",
    "business_edit_name",
    "business_edit_open_hours",
    "business_edit_phone_number",
    "business_edit_photo_cover",
    "review_analytics",
    "review_analytics_download",
    "review_booster",
    "review_booster_share_link",
    "review_flag",
    "review_management",
    "review_reply_negative_reviews",
    "review_reply_positive_reviews",
    "zoo_posts_publish",
    "zoo_posts_write",
  ]
}
