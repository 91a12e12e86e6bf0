package writer_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// crowd returns the users of a large organization: most are much like each other, and every
// tenth differs.
func crowd(n int) (*schema.Product, map[string][]schema.Object) {
	p := &partoo.Provider().Product
	k := p.Kind("user")
	users := make([]schema.Object, n)
	for i := range users {
		u := &partoo.User{
			Email: fmt.Sprintf("user%06d@zoo.example", i), FirstName: "Ana", LastName: fmt.Sprintf("Diaz %d", i), Role: "GROUP_MANAGER",
			CustomRole: "keeper", Accesses: [][]string{{"Class/Birds", fmt.Sprintf("Place/%03d", i%500)}}, Lang: "es",
		}
		if i%10 == 0 {
			u.LastName = "two\nlines"
		}
		users[i] = schema.Object{Kind: k, Body: u, ID: fmt.Sprint(i), Set: k.Mask("email", "first_name", "last_name", "role", "custom_role", "accesses", "lang", "disabled")}
		users[i].Rekey()
	}
	return p, map[string][]schema.Object{"user": users}
}

// BenchmarkWrite writes 100,000 users. The budget of import is 3 s and 400 MB.
func BenchmarkWrite(b *testing.B) {
	p, objects := crowd(100_000)
	b.ReportAllocs()
	for b.Loop() {
		_, err := writer.Write(writer.Input{Tenant: &schema.Tenant{Name: "partoo", Product: p}, Objects: objects, RosterAbove: 20},
			func(name string) (io.Writer, string) { return io.Discard, name })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// TestWriteManyQuickly holds the number of allocations for each object, which does not depend on the
// machine.
func TestWriteManyQuickly(t *testing.T) {
	p, objects := crowd(10_000)
	allocated := testing.AllocsPerRun(1, func() {
		result, err := writer.Write(writer.Input{Tenant: &schema.Tenant{Name: "partoo", Product: p}, Objects: objects, RosterAbove: 20},
			func(name string) (io.Writer, string) { return io.Discard, name })
		if err != nil || result.Declared["user"] != 10_000 || result.Declared["access"] != 500 {
			t.Fatalf("declared %v, error %v", result.Declared, err)
		}
	})
	if each := allocated / 10_000; each > 40 {
		t.Errorf("%.0f allocations for each object, and at most 40 are allowed", each)
	}
}
