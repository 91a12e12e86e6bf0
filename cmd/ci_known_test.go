package cmd

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan/drift"
)

// In a public repository an issue remembers nothing that depends on who a person is.
func TestKnownInPublic(t *testing.T) {
	ana := drift.Difference{Text: "undeclared-user-1 is tenant owner", Fingerprint: "0123456789abcdef01234567"}
	ben := drift.Difference{Text: "undeclared-user-2 is tenant owner", Fingerprint: "89abcdef0123456789abcdef"}
	if known(&ana, true) != known(&ben, true) {
		t.Error("two people with the same sentence are told apart in public")
	}
	if known(&ana, false) == known(&ben, false) {
		t.Error("two people with the same sentence are the same in private")
	}
	one, two := &drift.Drift{Differences: []drift.Difference{ana}}, &drift.Drift{Differences: []drift.Difference{ana, ben}}
	if line := knownLine(two, true); strings.Contains(line, ana.Fingerprint[:4]) || strings.Contains(line, ben.Fingerprint[:4]) {
		t.Errorf("a fingerprint is public: %s", line)
	}
	for _, public := range []bool{true, false} {
		if more := newDifferences(two, knownLine(one, public), public); !strings.HasPrefix(more, "1 difference is new") {
			t.Errorf("public %t: %q", public, more)
		}
		if more := newDifferences(one, knownLine(two, public), public); more != "" {
			t.Errorf("public %t: %q", public, more)
		}
	}
}
