package tines

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// The answer to a removal is no proof that the object is gone: a key without the right is
// answered 404 as well, and a product may answer 200 and keep the object.
func TestRemovalIsConfirmed(t *testing.T) {
	seed := placeSeed()
	seed.Roles = append(seed.Roles, emulator.SeedRole{ID: 13, Name: "UNUSED", Permissions: []string{"CASE_VIEW"}})
	for _, test := range []struct {
		kind   *schema.Kind
		key    string
		action schema.Action
		method string
	}{
		{&userKind, "cem@zoo.example", schema.Delete, "DELETE"}, {&userKind, "cem@zoo.example", schema.Deactivate, "PUT"},
		{&roleKind, "UNUSED", schema.Delete, "DELETE"}, {&teamKind, "IT", schema.Delete, "DELETE"},
		{&membershipKind, "SOC/ana@zoo.example", schema.Delete, "POST"}, {&mappingKind, "Admins/IT", schema.Delete, "POST"},
	} {
		for name, answer := range map[string]struct {
			faults []faults.Fault
			fails  bool
		}{
			"done":                      {nil, false},
			"404, and it is there":      {[]faults.Fault{{Method: test.method, Status: 404, Body: "{}", Times: -1}}, true},
			"200, and it is there":      {[]faults.Fault{{Method: test.method, Status: 200, Body: "{}", Times: -1}}, true},
			"200, and it is not shown":  {[]faults.Fault{{Method: test.method, Status: 200, Body: "{}"}, {Method: "GET", Status: 403, Times: -1}}, true},
			"404 by id, and in lists":   {[]faults.Fault{{Method: test.method, Status: 404, Body: "{}"}, {Method: "GET", Path: "/admin/users/*", Status: 404, Times: -1}}, true},
			"200, and no list in there": {[]faults.Fault{{Method: test.method, Status: 200, Body: "{}"}, {Method: "GET", Status: 200, Body: "{}", Times: -1}}, true},
		} {
			t.Run(test.action.String()+" "+test.kind.Name+": "+name, func(t *testing.T) {
				p := placed(t, seed, Settings{AllowTeamDeletion: true})
				have := p.all(test.kind)[test.key]
				p.emulator.Inject(answer.faults...)
				_, err := p.Apply(context.Background(), provider.Request{Action: test.action, Addr: have.Addr, Have: &have})
				p.emulator.ClearFaults()
				if !answer.fails {
					p.must(err)
					return
				}
				if err == nil || provider.Hint(err) == "" || errors.Is(err, provider.ErrNotFound) {
					t.Errorf("%v (%s)", err, provider.Hint(err))
				}
				if _, err := p.Read(context.Background(), have); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// Tines documents that a deleted user is deactivated at once and deleted later. Only
// a user who was active can show that the deletion has begun.
func TestQueuedDeletion(t *testing.T) {
	p := placed(t, "delete-user=queued")
	cem := p.all(&userKind)["cem@zoo.example"]
	p.run(providertest.RemoveRequest(schema.Delete, cem))
	gone, err := p.Read(context.Background(), cem)
	p.must(err)
	_, err = p.Apply(context.Background(), providertest.RemoveRequest(schema.Delete, gone))
	if err == nil || !strings.Contains(err.Error(), "cem@zoo.example still exists") {
		t.Error(err)
	}
}
