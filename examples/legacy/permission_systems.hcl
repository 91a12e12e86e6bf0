# Written by rolecall partoo legacy. As long as this line is here, rolecall appends new objects to the file.

# What the roles cannot reproduce:
# - Users do not see a sidebar page of which no permission is known: presence_analytics (24 users). They may see it after the switch.
# - Business Fields of single businesses were not read; --businesses reads them, with one request each.
# - Partoo's API has one value of a business field for group and business managers together. If the app shows different ones, compare the built-in roles.

permission_system "organization" { custom_roles = true }
