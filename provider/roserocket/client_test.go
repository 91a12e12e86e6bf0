package roserocket

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestConnect(t *testing.T) {
	p, err := tryOpen(t)
	if err != nil {
		t.Fatal(err)
	}
	if id := p.Identity(); id.Tenant != emulator.DefaultLogin().OrgID || p.Sent() != 1 {
		t.Errorf("%+v after %d requests", id, p.Sent())
	}
	p.asked("POST /oauth/token")
}

func TestConnectRefused(t *testing.T) {
	other := settings()
	other.OrgID = "00000000-0000-4000-8000-000000000007"
	for name, choices := range map[string][]any{
		"a wrong secret":       {otherKey("wrong-secret")},
		"another organization": {other},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tryOpen(t, choices...)
			if !errors.Is(err, provider.ErrCredentials) || !strings.Contains(provider.Hint(err), KeyEnv) {
				t.Errorf("%v\n%s", err, provider.Hint(err))
			}
			if strings.Contains(err.Error(), "wrong-secret") {
				t.Errorf("the secret is shown: %v", err)
			}
		})
	}
}

// A token that is no longer taken is replaced, and the request sent once more.
func TestTokenIsRenewed(t *testing.T) {
	p := open(t, 2)
	block := declared("guest", "order", Permission{Record: map[string]bool{recordCreate: true}})
	have := p.live(keyOnly(block))
	p.change(have, block)
	p.asked("GET /permissions/roles/guest/objectKey/order", "GET /permissions/roles/guest/objectKey/order",
		"POST /permissions/roles/guest/objectKey/order", "POST /oauth/token", "POST /permissions/roles/guest/objectKey/order",
		"GET /permissions/roles/guest/objectKey/order")
	if diff := cmp.Diff(map[string]bool{emulator.DefaultLogin().OrgID: true}, p.crowd.orgs); diff != "" {
		t.Errorf("x-org-id: %s", diff)
	}
}

func TestTokenRefusedTwice(t *testing.T) {
	p := open(t)
	p.emulator.Inject(faults.Fault{Method: "GET", Path: "/permissions/**", Status: 401, Times: -1})
	_, err := p.Read(t.Context(), declared("guest", "order", Permission{}))
	if !errors.Is(err, provider.ErrCredentials) {
		t.Error(err)
	}
	p.asked("GET /permissions/roles/guest/objectKey/order", "POST /oauth/token", "GET /permissions/roles/guest/objectKey/order")
}

// Planning reads each permission once, one after the other unless two are allowed.
func TestReadOnce(t *testing.T) {
	for _, parallel := range []int64{0, 1, 2} {
		s := settings()
		s.Parallel = parallel
		p := open(t, s)
		var blocks []schema.Object
		var want []string
		for _, role := range knownRoles[:8] {
			blocks = append(blocks, declared(role, "order", Permission{Boards: map[string]bool{"order": true}}))
			want = append(want, "GET /permissions/roles/"+role+"/objectKey/order")
		}
		p.resolved(blocks...)
		for _, b := range blocks {
			if o := p.live(keyOnly(b)); o.ID != b.Addr.Key || o.Set != permissionSet || o.Addr != b.Addr {
				t.Errorf("%+v", o)
			}
		}
		if parallel < 2 {
			p.asked(want...)
		} else if n := len(p.emulator.Entries(0)) - p.mark; n != len(want) {
			t.Errorf("%d requests", n)
		}
		if int64(p.crowd.most) > max(1, parallel) {
			t.Errorf("%d requests at a time with parallel = %d", p.crowd.most, parallel)
		}
		p.live(p.live(keyOnly(blocks[0]))) // an object that is known is asked for
		if parallel < 2 {
			p.asked(want[0])
		}
	}
}

// What is written was read right before, and only once.
func TestWrite(t *testing.T) {
	p := open(t)
	block := declared("driver", "order", Permission{Fields: map[string][]string{read: {"notes"}}})
	blocks, _ := p.resolved(block)
	have := p.live(p.live(keyOnly(block)))
	p.reset()
	got := p.change(have, blocks[0])
	p.asked("POST /permissions/roles/driver/objectKey/order", "GET /permissions/roles/driver/objectKey/order")
	want := map[string]string{"status": edit, "notes": read, "cost": hide, "margin": read}
	if diff := cmp.Diff(want, got.Body.(*Permission).Access); diff != "" {
		t.Error(diff)
	}
}

func TestForbidden(t *testing.T) {
	manager := seed()
	manager.ServiceAccountRole = "" // as Rose Rocket makes it
	p := open(t, manager)
	block := declared("guest", "order", Permission{Record: map[string]bool{recordCreate: true}})
	have := p.live(keyOnly(block))
	want := have.Clone()
	want.Body.(*Permission).Record[recordCreate] = true
	_, err := p.Apply(t.Context(), provider.Request{Action: schema.Update, Addr: want.Addr, Have: &have, Want: &want})
	if !errors.Is(err, provider.ErrCredentials) || provider.Hint(err) != adminHint {
		t.Errorf("%v\n%s", err, provider.Hint(err))
	}
	sales := seed()
	sales.ServiceAccountRole = "sales"
	p = open(t, sales)
	if _, err := p.Resolve(t.Context(), []schema.Object{block}); !errors.Is(err, provider.ErrCredentials) {
		t.Error(err)
	}
}
