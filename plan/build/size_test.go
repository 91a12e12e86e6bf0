package build

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/planfile"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// organization is a zoo with n users, of whom each holds one of four roles with 60
// permissions in five accesses of 500 groups. Few users have the same accesses.
// With change, every user has another role and other accesses live; without it, no
// user is live.
func organization(n int, change bool) *zoo {
	const sections, groups, accesses = 25, 500, 5
	z := newZoo()
	for i := range sections {
		z.both(&zooSection{Name: fmt.Sprintf("Country %02d", i)})
	}
	for i := range groups {
		z.both(&zooGroup{Section: fmt.Sprintf("Country %02d", i%sections), Name: fmt.Sprintf("Region %03d", i)})
	}
	for i := range 4 {
		r := &zooRole{ID: fmt.Sprintf("store_manager_%d", i)}
		for j := range 60 {
			r.Permissions = append(r.Permissions, fmt.Sprintf("business_edit_attribute_%d_%02d", i, j))
		}
		z.both(r)
	}
	user := func(i, shift int) *zooUser {
		u := &zooUser{Email: fmt.Sprintf("first.last%06d@zoo.example", i), Name: "First Last", Role: fmt.Sprintf("store_manager_%d", (i+shift)%4)}
		for j := range accesses {
			g := (i*(j+1) + 7*j + shift*(i%90+11)) % groups
			u.Accesses = append(u.Accesses, []string{fmt.Sprintf("Country %02d/Region %03d", g%sections, g)})
		}
		slices.SortFunc(u.Accesses, slices.Compare)
		u.Accesses = slices.CompactFunc(u.Accesses, slices.Equal)
		return u
	}
	for i := range n {
		o := z.object(user(i, 0), "name", "role", "accesses")
		o.Pos = schema.Pos{File: "people/managers.hcl", Line: 1234, Column: 1}
		z.in.Tenant.Objects = append(z.in.Tenant.Objects, o)
		if change {
			z.live(user(i, 1), "name", "role", "accesses")
		}
	}
	z.in.Tenant.Limits = schema.Limits{}
	return z
}

// TestDocumentSize holds the size of a saved plan: that of 100,000 users with five
// accesses each has to stay below 100 MB, which is 1,000 bytes for each user, and
// fewer for each further one.
func TestDocumentSize(t *testing.T) {
	const few, more, most = 1_000, 3_000, 1_000
	products := []*schema.Product{zooProduct()}
	for name, change := range map[string]bool{"all created": false, "all updated": true} {
		var sizes []int
		for _, n := range []int{few, more} {
			p := Build(organization(n, change).in).Plan
			if len(p.Changes) != n || len(p.Affected) != n {
				t.Fatalf("%s: %d changes and %d affected users, want %d", name, len(p.Changes), len(p.Affected), n)
			}
			d := &plan.Document{Plans: []*plan.Plan{p}}
			text := encoded(t, d)
			sizes = append(sizes, len(text))
			got, err := planfile.Decode(bytes.NewReader(text), products)
			if err != nil {
				t.Fatal(err)
			}
			if got.Digest() != d.Digest() {
				t.Errorf("%s: the plan that was read has another digest", name)
			}
			sameAffected(t, got.Plans[0].Affected, p.Affected)
		}
		if each := (sizes[1] - sizes[0]) / (more - few); sizes[0] > few*most || each > most {
			t.Errorf("%s: %d bytes for %d users and %d for each further one, want at most %d for each", name, sizes[0], few, each, most)
		}
	}
}

// sameAffected compares what a plan file tells of each user with what the plan does.
func sameAffected(t *testing.T, got, want []rights.Difference) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d affected users, want %d", len(got), len(want))
	}
	told := func(a, b schema.Grant) bool {
		return a.Right == b.Right && a.Scope == b.Scope && a.Via == b.Via && a.All == b.All
	}
	for i := range got {
		g, w := &got[i], &want[i]
		if g.Subject != w.Subject || !slices.EqualFunc(g.Gained, w.Gained, told) || !slices.EqualFunc(g.Lost, w.Lost, told) || !slices.Equal(g.CausedBy, w.CausedBy) {
			t.Fatalf("the file says\n%v\nand the plan\n%v", g, w)
		}
	}
}

// Hundreds of changes can reach each of hundreds of users together: the list of them
// is in the file once.
func TestDocumentHasCausesOnce(t *testing.T) {
	const users, groups = 500, 300
	z := newZoo()
	z.files(&zooRole{ID: "keeper", Permissions: []string{"cull", "feed"}})
	z.live(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
	for i := range users {
		z.both(&zooUser{Email: fmt.Sprintf("user%03d@zoo.example", i), Role: "keeper", Accesses: [][]string{{"s/g"}}})
	}
	p := Build(z.in).Plan
	many := make([]schema.Address, groups)
	for i := range many {
		many[i] = schema.Address{Provider: "zoo", Kind: "group", Key: fmt.Sprintf("s/group %03d", i)}
	}
	for i := range p.Affected {
		p.Affected[i].CausedBy = slices.Clone(many)
	}
	if len(p.Affected) != users {
		t.Fatalf("%d affected users, want %d", len(p.Affected), users)
	}
	text := encoded(t, &plan.Document{Plans: []*plan.Plan{p}})
	if n := bytes.Count(text, []byte("group.s/group 007")); n != 1 {
		t.Errorf("a cause is in the file %d times, want once", n)
	}
	got, err := planfile.Decode(bytes.NewReader(text), []*schema.Product{z.in.Tenant.Product})
	if err != nil {
		t.Fatal(err)
	}
	sameAffected(t, got.Plans[0].Affected, p.Affected)
}

// A short file cannot ask for lists that fill the memory.
func TestDecodeRefusesMoreRightsThanAreWritten(t *testing.T) {
	const n = 20_000
	repeat := func(s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	text := `{"format_version":2,"plans":[{"provider":"zoo","product":"zoo","rights":[[` + repeat(`"feed"`) +
		`]],"grants":[{"rights":0}],"affected":[{"subject":"user.ana@zoo.example","gained":[` + repeat("0") + `]}]}]}`
	if _, err := planfile.Decode(strings.NewReader(text), []*schema.Product{zooProduct()}); err == nil || !strings.HasPrefix(err.Error(), "plan 1: affected 1: gained: the plan lists more rights than rolecall writes") {
		t.Errorf("got error %v", err)
	}
}

// BenchmarkDocument writes and reads the plan of an organization in which all users
// are new, and of one in which all change.
func BenchmarkDocument(b *testing.B) {
	products := []*schema.Product{zooProduct()}
	for _, n := range []int{1_000, 10_000, 100_000} {
		for name, change := range map[string]bool{"create": false, "update": true} {
			b.Run(fmt.Sprintf("%s-%d", name, n), func(b *testing.B) {
				d := &plan.Document{Plans: []*plan.Plan{Build(organization(n, change).in).Plan}}
				text := encoded(b, d)
				b.Run("encode", func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						encoded(b, d)
					}
					b.ReportMetric(float64(len(text))/1e6, "MB")
				})
				b.Run("decode", func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := planfile.Decode(bytes.NewReader(text), products); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		}
	}
}

func encoded(t testing.TB, d *plan.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := planfile.Encode(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
