package cmd_test

func rehearsalProducts() []rehearsalProduct {
	return []rehearsalProduct{{
		name: "partoo", keyEnv: "PARTOO_API_KEY", readKey: "key-that-only-plans", set: []string{"--set", "org_id=42"},
		seed: `{
  "org": {"id": 42, "name": "Zoo"},
  "businesses": [{"code": "A01", "name": "Crocodile"}, {"code": "B02", "name": "Owl"}],
  "custom_roles": [{"api_id": "keeper", "name": "Keeper", "permissions": ["business_edit"]}],
  "users": [
    {"email": "director@zoo.example", "role": "ORG_ADMIN", "first_name": "Dora", "last_name": "Lindt"},
    {"email": "ben@zoo.example", "role": "PUBLISHER", "first_name": "Ben", "last_name": "Okoro"},
    {"email": "vet@zoo.example", "role": "BUSINESS_MANAGER", "first_name": "Val", "last_name": "Diaz", "custom_role": "keeper", "businesses": ["A01"]}
  ],
  "api_keys": [
    {"key": "key-that-writes-and-plans", "user": "director@zoo.example"},
    {"key": "key-that-only-plans", "user": "director@zoo.example", "permissions": []}
  ]
}`,
		first:    edit{"roles.hcl", `["business_edit"]`, `["business_edit", "review_management"]`},
		second:   edit{"users.hcl", `"Okoro"`, `"Okoro-Lindt"`},
		byHand:   edit{"users.hcl", `"PUBLISHER"`, `"ORG_ADMIN"`},
		widening: edit{"users.hcl", `"PUBLISHER"`, `"ORG_ADMIN"`},
		harmless: edit{"users.hcl", `"Val"`, `"Valerie"`},
		danger:   "ben@zoo.example",
		drift:    "ben@zoo.example became ORG_ADMIN",
	}, {
		name: "tines", keyEnv: "TINES_API_KEY", set: []string{"--set", "tenant=https://soc.tines.com", "--set", "key_user=olga@soc.example"},
		seed: `{
  "tenant": {"id": 7, "name": "soc"},
  "roles": [{"name": "TRIAGE", "description": "Looks at cases", "permissions": ["CASE_VIEW", "CASE_CREATE"]}],
  "teams": [{"name": "SOC", "members": [{"email": "ben@soc.example", "role": "TRIAGE"}, {"email": "dan@soc.example", "role": "TEAM_ADMIN"}]}],
  "users": [
    {"email": "olga@soc.example", "first_name": "Olga", "last_name": "Berg", "admin": true},
    {"email": "ben@soc.example", "first_name": "Ben", "last_name": "Okoro"},
    {"email": "dan@soc.example", "first_name": "Dan", "last_name": "Weiss"}
  ],
  "keys": [{"key": "key-of-the-tenant-owner", "kind": "personal", "user": "olga@soc.example"}]
}`,
		first:    edit{"roles.hcl", `["CASE_CREATE", "CASE_VIEW"]`, `["CASE_CREATE", "CASE_MANAGE", "CASE_VIEW"]`},
		second:   edit{"users.hcl", `"Okoro"`, `"Okoro-Berg"`},
		byHand:   edit{"users.hcl", "\"Okoro-Berg\"\n", "\"Okoro-Berg\"\n  admin      = true\n"},
		undo:     edit{"users.hcl", "\"Okoro-Berg\"\n", "\"Okoro-Berg\"\n  admin      = false\n"},
		widening: edit{"users.hcl", "\"Okoro\"\n", "\"Okoro\"\n  admin      = true\n"},
		harmless: edit{"roles.hcl", `"Looks at cases"`, `"Looks at all cases"`},
		danger:   "ben@soc.example",
		drift:    "ben@soc.example became tenant owner",
	}}
}

// administratorProducts have two administrators besides the account of the key, which ignore hides.
func administratorProducts() []rehearsalProduct {
	return []rehearsalProduct{{
		name: "partoo", keyEnv: "PARTOO_API_KEY",
		seed: `{
  "org": {"id": 42, "name": "Zoo"},
  "users": [
    {"email": "bot@zoo.example", "role": "ORG_ADMIN"},
    {"email": "ana@zoo.example", "role": "ORG_ADMIN"},
    {"email": "ben@zoo.example", "role": "ORG_ADMIN"}
  ],
  "api_keys": [{"key": "key-of-the-bot", "user": "bot@zoo.example"}]
}`,
		files: `provider "partoo" {
  org_id   = 42
  endpoint = "ENDPOINT"

  manage "user" { ignore = ["bot@zoo.example"] }
}

user "ana@zoo.example" { role = "ORG_ADMIN" }

user "ben@zoo.example" { role = "ORG_ADMIN" }
`,
		first:  edit{"main.hcl", `"ana@zoo.example" { role = "ORG_ADMIN" }`, `"ana@zoo.example" { role = "PUBLISHER" }`},
		second: edit{"main.hcl", `"ben@zoo.example" { role = "ORG_ADMIN" }`, `"ben@zoo.example" { role = "PUBLISHER" }`},
	}, {
		name: "tines", keyEnv: "TINES_API_KEY",
		seed: `{
  "tenant": {"id": 7, "name": "soc"},
  "users": [
    {"email": "bot@soc.example", "first_name": "Bot", "last_name": "Key", "admin": true},
    {"email": "ana@soc.example", "first_name": "Ana", "last_name": "Diaz", "admin": true},
    {"email": "ben@soc.example", "first_name": "Ben", "last_name": "Okoro", "admin": true}
  ],
  "keys": [{"key": "key-of-the-tenant-owner", "kind": "personal", "user": "bot@soc.example"}]
}`,
		files: `provider "tines" {
  tenant   = "https://soc.tines.com"
  endpoint = "ENDPOINT"
  key_user = "bot@soc.example"

  manage "user" { ignore = ["bot@soc.example"] }
}

user "ana@soc.example" { admin = true }

user "ben@soc.example" { admin = true }
`,
		first:  edit{"main.hcl", `"ana@soc.example" { admin = true }`, `"ana@soc.example" { admin = false }`},
		second: edit{"main.hcl", `"ben@soc.example" { admin = true }`, `"ben@soc.example" { admin = false }`},
	}}
}
