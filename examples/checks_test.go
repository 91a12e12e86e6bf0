package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChecksFail breaks each rule of examples/checks, and expects that its check, and no other, refuses the plan.
func TestChecksFail(t *testing.T) {
	for check, edit := range map[string]struct{ file, old, new, says string }{
		"few administrators": {"main.hcl", `  last_name   = "Klein"
  role        = "BUSINESS_MANAGER"
  custom_role = role.moderator
  store_codes = [for s in local.stores : s.code]
}`, `  last_name   = "Klein"
  role        = "BUSINESS_MANAGER"
  custom_role = role.moderator
  store_codes = [for s in local.stores : s.code]
}

user "boss" {
  for_each   = toset(["a@bakeries.example", "b@bakeries.example"])
  first_name = "A"
  last_name  = "B"
  role       = "ORG_ADMIN"
}`, "There are 3 administrators, and at most 2 are allowed"},
		"nobody answers and flags reviews": {"main.hcl", `"review_management", "review_flag"`, `"review_management", "review_flag", "review_reply_positive_reviews", "review_reply_negative_reviews"`, "mia@bakeries.example may answer reviews and flag them."},
		"only these may close a store":     {"main.hcl", `"business_edit_open_hours", `, `"business_edit_open_hours", "business_edit_status", `, "lea@bakeries.example may close a store."},
		"every store has a manager":        {"main.hcl", `store_codes = [each.value.code]`, `store_codes = [each.value.code == "B02" ? "B01" : each.value.code]`, "Nobody answers the reviews of B02 Nice."},
		"Léa runs Lyon and nothing else":   {"stores.csv", "B01,Lyon,lea@", "B01,Lyon,leo@", `No user is called "lea@bakeries.example"`},
	} {
		t.Run(check, func(t *testing.T) {
			dir := copied(t, "checks")
			path := filepath.Join(dir, edit.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), edit.old) {
				t.Fatalf("%s does not have %s", edit.file, edit.old)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), edit.old, edit.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			out := strings.Join(strings.Fields(must(t, 5, "plan", "--var", "ticket=SEC-12", dir)), " ")
			for _, want := range []string{edit.says, `Checks: 1 `} {
				if !strings.Contains(out, want) {
					t.Errorf("the plan does not say %q:\n%s", want, out)
				}
			}
		})
	}
}

// TestTicket applies what gives a privileged right with a ticket only.
func TestTicket(t *testing.T) {
	dir := copied(t, "checks")
	must(t, 0, "apply", "--auto-approve", dir)
	path := filepath.Join(dir, "boss.hcl")
	if err := os.WriteFile(path, []byte("user \"boss@bakeries.example\" {\n  first_name = \"B\"\n  last_name  = \"S\"\n  role       = \"ORG_ADMIN\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, 5, "apply", "--auto-approve", dir)
	must(t, 1, "plan", "--var", "ticket=nothing", dir)
	must(t, 0, "plan", "--var", "ticket=SEC-12", dir)
}
