package partoo

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The answer to a removal is no proof that the object is gone: a key without the right is
// answered 404 as well, and a product may answer 200 and keep the object.
func TestRemovalIsConfirmed(t *testing.T) {
	const missing, done = `{"error":{"json":"Resource not found"}}`, `{"status":"success"}`
	for _, test := range []struct {
		kind   *schema.Kind
		key    string
		action schema.Action
		method string
	}{
		{&userKind, "ben@zoo.example", schema.Delete, "DELETE"}, {&userKind, "ben@zoo.example", schema.Deactivate, "POST"},
		{&roleKind, "editor", schema.Delete, "DELETE"}, {&groupKind, "Continent/Africa", schema.Delete, "DELETE"}, {&sectionKind, "Empty", schema.Delete, "DELETE"},
	} {
		for name, answer := range map[string]struct {
			faults []faults.Fault
			want   string // of the error; "" for success
		}{
			"done":                      {nil, ""},
			"404, and it can be read":   {[]faults.Fault{{Method: test.method, Status: 404, Body: missing, Times: -1}}, "no such " + test.kind.Name},
			"200, and it can be read":   {[]faults.Fault{{Method: test.method, Status: 200, Body: done}}, "says that it was done"},
			"404 for all, and in lists": {[]faults.Fault{{Method: test.method, Status: 404, Body: missing, Times: -1}, {Method: "GET", Status: 404, Body: missing}}, "no such " + test.kind.Name},
			"200, and it is not shown":  {[]faults.Fault{{Method: test.method, Status: 200, Body: done}, {Method: "GET", Status: 403, Body: missing}}, "reading it back failed"},
		} {
			t.Run(test.action.String()+" "+test.kind.Name+": "+name, func(t *testing.T) {
				p := open(t)
				p.do(schema.Delete, p.all(&userKind)["ana@zoo.example"]) // who refers to the role and the group
				p.create(&sectionKind, map[string]any{"name": "Empty"})
				have := p.all(test.kind)[test.key]
				p.emulator.Inject(answer.faults...)
				_, err := p.Apply(context.Background(), provider.Request{Action: test.action, Addr: have.Addr, Have: &have})
				p.emulator.ClearFaults()
				if answer.want == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if got := errorText(err); !strings.Contains(got, answer.want) || provider.Hint(err) == "" || errors.Is(err, provider.ErrNotFound) {
					t.Errorf("%s (%s)", got, provider.Hint(err))
				}
				p.readNow(have)
			})
		}
	}
}
