# Written by rolecall partoo legacy. As long as this line is here, rolecall appends new objects to the file.

# Partoo publishes no table of what the legacy permissions stand for. Inferred from names:
# - sidebar page posts: zoo_posts_publish, zoo_posts_write
# - sidebar page review_analytics: review_analytics, review_analytics_download
# - sidebar page review_invite: review_booster, review_booster_share_link
# - sidebar page review_management: review_flag, review_management, review_reply_negative_reviews, review_reply_positive_reviews

role "business_manager_no_review_analytics" {
  name        = "Business manager without review analytics"
  description = "What its users could do before custom roles: without review_analytics"
  permissions = [
    "business_edit",
    "business_edit_city",
    "business_edit_country",
    "business_edit_name",
    "business_edit_open_hours",
    "business_edit_phone_number",
    "business_edit_photo_cover",
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

role "manager_no_posts_review_analytics" {
  name        = "Manager without posts and review analytics"
  description = "What its users could do before custom roles: without posts and review_analytics"
  permissions = [
    "business_edit",
    "business_edit_city",
    "business_edit_country",
    "business_edit_name",
    "business_edit_open_hours",
    "business_edit_phone_number",
    "business_edit_photo_cover",
    "review_booster",
    "review_booster_share_link",
    "review_flag",
    "review_management",
    "review_reply_negative_reviews",
    "review_reply_positive_reviews",
  ]
}
