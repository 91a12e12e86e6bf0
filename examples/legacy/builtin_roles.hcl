# Written by rolecall partoo legacy. As long as this line is here, rolecall appends new objects to the file.

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
