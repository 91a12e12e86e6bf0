package build

import (
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// Keys with characters that nobody sees are printed with escapes, and what is printed
// can be pasted.
func TestPrintedKeysAreFound(t *testing.T) {
	for _, key := range []string{"OLD\x1b[24A\x1b[0J", "gold\u202ekeeper", "Night\u00a0guard", "a\tb", `back\slash`, `C:\x1b\night` + "\u200b"} {
		printed := text.Clean(key)
		tenant := func() *zoo {
			z := newZoo()
			z.live(&zooRole{ID: key, Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "other", Permissions: []string{"feed"}})
			z.in.Tenant.Limits.MaxDeletes = 100
			return z
		}
		deletes := func(p *plan.Plan) bool {
			return len(p.Changes) == 1 && p.Changes[0].Action == schema.Delete && p.Changes[0].Addr.Key == key
		}

		z := tenant()
		z.manage("role", schema.Manage{Mode: schema.Authoritative})
		z.in.Tenant.Limits.AllowEmpty = true
		z.in.Targets = []string{"role." + printed}
		if p := Build(z.in).Plan; !deletes(p) || p.Errors() > 0 {
			t.Errorf("--target role.%s: %q", printed, tell(p))
		}
		z = tenant()
		z.removed("role", printed)
		if p := Build(z.in).Plan; !deletes(p) || p.Errors() > 0 {
			t.Errorf("removed %s: %q", printed, tell(p))
		}
		z.in.Tenant.Protect = []string{"role." + printed}
		if p := Build(z.in).Plan; len(p.Violations)+p.Errors() == 0 {
			t.Errorf("protect role.%s has no effect: %q", printed, tell(p))
		}
	}
}

// Where two keys are printed alike, or another object has the printed text as its key,
// what is pasted never names the wrong one.
func TestPrintedKeysOfTwoObjects(t *testing.T) {
	z := newZoo()
	z.live(&zooRole{ID: "a\x1bb"})
	z.live(&zooRole{ID: `a\x1bb`})
	z.removed("role", `a\x1bb`)
	if p := Build(z.in).Plan; len(p.Changes) != 1 || p.Changes[0].Addr.Key != `a\x1bb` {
		t.Errorf("%q", tell(p))
	}
	z = newZoo()
	z.live(&zooRole{ID: "a\x1bb\\x1b"})
	z.live(&zooRole{ID: "a\\x1bb\x1b"})
	z.removed("role", `a\x1bb\x1b`)
	if p := Build(z.in).Plan; len(p.Changes) != 0 {
		t.Errorf("%q", tell(p))
	}
}
