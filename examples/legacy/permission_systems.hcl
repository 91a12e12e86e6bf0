# Written by rolecall import. As long as this line is here, import appends new objects to the file.

# What the roles cannot reproduce:
# - No permission is known for the sidebar page presence_analytics, which 24 users do not see. They may see it after the switch.
# - Business Fields of single businesses were not read; --businesses reads them.
# - Partoo's API has one value of a business field for group and business managers together. If the app shows different ones, compare the built-in roles.

permission_system "organization" { custom_roles = true }
