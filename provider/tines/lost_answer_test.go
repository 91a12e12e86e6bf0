package tines

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	faults "github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A create without an answer is never sent again: its outcome is unknown, and a look-up by key
// shows it.
func TestCreateWithoutAnswer(t *testing.T) {
	for _, r := range []provider.Request{
		creation(&roleKind, &Role{Name: "RESPONDER", Permissions: []string{"CASE_CREATE"}}, "name", "permissions"),
		creation(&teamKind, &Team{Name: "Forensics"}, "name"),
		creation(&userKind, &User{Email: "eva@zoo.example"}, "email"),
	} {
		for _, when := range []faults.Cut{faults.CutBefore, faults.CutAfter, faults.CutBody} {
			p := placed(t)
			p.fault(faults.Fault{Method: http.MethodPost, Path: "/**", Cut: when, Times: 1})
			if _, err := p.Apply(context.Background(), r); !errors.Is(err, provider.ErrAmbiguous) {
				t.Errorf("%s, cut %s: %v", r.Addr, when, err)
			}
			_, err := p.Find(context.Background(), *r.Want)
			if created := when != faults.CutBefore; (err == nil) != created || err != nil && !errors.Is(err, provider.ErrNotFound) {
				t.Errorf("%s, cut %s: found: %v", r.Addr, when, err)
			}
		}
	}
}

// An owner who has never signed in may be unable to, so that owner is not one who stays.
func TestOwnerWhoNeverSignedIn(t *testing.T) {
	for answer, want := range map[string]bool{`"last_seen":null`: true, `"last_seen":""`: true, `"last_seen":"2026-01-02T15:04:05Z"`: false, `"name":""`: false} {
		c, err := script{"GET /admin/users/3": {`200 {"id":3,"email":"ana@zoo.example","admin":true,"is_active":true,` + answer + `}`}}.connect(Settings{})
		if err != nil {
			t.Fatal(err)
		}
		o, err := c.Read(context.Background(), schema.Object{Kind: &userKind, ID: "3"})
		if err != nil || userKind.NeverSignedIn(&o) != want {
			t.Errorf("%s: never signed in is %t, %v", answer, !want, err)
		}
	}
}
