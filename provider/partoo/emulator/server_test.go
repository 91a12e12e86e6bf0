package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

func TestRateLimit(t *testing.T) {
	c := newClock()
	s := open(t, Options{Seed: parse(t, zoo), Clock: c.time})
	for i := range 300 {
		key := []string{"admin", "group"}[i%2] // all keys of the organization together
		if res, _ := send(t, s, key, "GET /custom_role"); res.StatusCode != 200 {
			t.Fatalf("request %d: %d", i, res.StatusCode)
		}
	}
	c.now = c.now.Add(18500 * time.Millisecond)
	if res, got := send(t, s, "store", "GET /custom_role"); res.StatusCode != 429 || res.Header.Get("Retry-After") != "42" || got != "Too Many Requests" {
		t.Errorf("%d, Retry-After %q, %q", res.StatusCode, res.Header.Get("Retry-After"), got)
	}
	play(t, s, []step{{"wrong", "GET /custom_role", "401 "}})
	c.now = c.now.Add(42 * time.Second)
	play(t, s, []step{{"", "GET /custom_role", "200 "}})
	for variant, want := range map[string]string{"absent": "", "date": "Tue, 14 Nov 2023 22:14:20 GMT"} {
		s := open(t, Options{Seed: parse(t, zoo), Rate: 1, Variants: []string{"retry-after=" + variant}})
		play(t, s, []step{{"", "GET /custom_role", "200 "}})
		if res, _ := send(t, s, "admin", "GET /custom_role"); res.Header.Get("Retry-After") != want {
			t.Errorf("%s: Retry-After %q, want %q", variant, res.Header.Get("Retry-After"), want)
		}
	}
}

func TestStateSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".rolecall", "partoo.json")
	o := Options{State: path, Seed: parse(t, zoo), Rate: -1, Clock: newClock().time}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, []step{
		{"", create("x@zoo.example", `,"role":"GROUP_MANAGER","accesses":[[1]]`), "200 "},
		{"", `POST /sections/1/groups {"name":"Fish","business__in":[]}`, "200 "},
		{"", `POST /custom_role/GROUP_MANAGER {"permissions":[]}`, "200 "},
		{"", "DELETE /user/" + storeID, "200 "},
	})
	killed, err := os.ReadFile(path) // as a kill would leave it
	if err != nil {
		t.Fatal(err)
	}
	_, before := send(t, s, "admin", "GET /user/search")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	closed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := []step{
		{"", "GET /sections/1/groups/8", `200 ~"name":"Fish"`},
		{"", "GET /custom_role/GROUP_MANAGER", `200 ~"org_id":42,"is_builtin":true,"permissions":[]`},
		{"store", "GET /user/me", "401 "},
		{"", create("y@zoo.example", ""), `200 ~` + hexID("user", "#2")},
		{"", `POST /sections/1/groups {"name":"Ants","business__in":[]}`, `200 ~"id":9`},
	}
	for name, data := range map[string][]byte{"killed": killed, "closed": closed, "torn": append(bytes.Clone(killed), `[{"t":"user","id":"torn`...)} {
		t.Run(name, func(t *testing.T) {
			o := o
			o.State = filepath.Join(t.TempDir(), "state")
			if err := os.WriteFile(o.State, data, 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, o)
			if _, got := send(t, s, "admin", "GET /user/search"); got != before {
				t.Errorf("users are\n%s\nnot\n%s", got, before)
			}
			play(t, s, after)
		})
	}
	if bytes.Contains(closed, []byte(storeID+`"}`)) {
		t.Error("a closed state file still has its history")
	}
}

func TestFaults(t *testing.T) {
	s := seeded(t, zoo)
	first, err := emulator.ParseFault("POST /user after=1 cut=after")
	if err != nil {
		t.Fatal(err)
	}
	s.Inject(first)
	play(t, s, []step{{"", create("a@zoo.example", ""), "200 "}})
	post := func(email string) error {
		req, err := http.NewRequest("POST", BaseURL+"/user", strings.NewReader(strings.TrimPrefix(create(email, ""), "POST /user ")))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("x-APIKey", "admin")
		req.Header.Set("Content-Type", "application/json")
		res, err := s.Transport().RoundTrip(req)
		if err == nil {
			_, err = io.ReadAll(res.Body)
		}
		return err
	}
	if err := post("b@zoo.example"); !errors.Is(err, emulator.ErrCut) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut after the effect: %v", err)
	}
	play(t, s, []step{{"", find("b@zoo.example"), `200 ~"count":1`}})
	s.Inject(emulator.Fault{Method: "POST", Cut: emulator.CutBefore})
	if err := post("c@zoo.example"); !errors.Is(err, emulator.ErrCut) {
		t.Errorf("cut before the effect: %v", err)
	}
	play(t, s, []step{{"", find("c@zoo.example"), `200 ~"count":0`}})
	s.Inject(emulator.Fault{Cut: emulator.CutBody})
	if err := post("d@zoo.example"); !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, emulator.ErrCut) {
		t.Errorf("cut in the body: %v", err)
	}
	play(t, s, []step{
		{"", find("d@zoo.example"), `200 ~"count":1`},
		{"", `POST /_emulator/faults GET /user/* times=2 status=429 retry-after=7 body=slow down`, "200 "},
		{"", "GET /user/me", "429 slow down"}, {"", "GET /user/search", "429 "}, {"", "GET /user/me", "200 "},
		{"", `POST /_emulator/faults [{"path":"/sections/**","times":-1,"status":502,"header":{"Content-Type":"text/html"},"body":"<html>Bad Gateway"},"* /org/** status=500"]`, "200 "},
		{"", "GET /sections/1/groups/1", "502 <html>Bad Gateway"}, {"", "DELETE /sections/1", "502 "}, {"", "GET /org/42/switch_to_custom_roles", "500 "}, {"", "GET /org/42/switch_to_custom_roles", "200 "},
		{"", `POST /_emulator/faults nonsense`, "400 "}, {"", `POST /_emulator/faults {"status":1}`, "400 "}, {"", `POST /_emulator/faults GET / cut=half`, "400 "},
		{"", "GET /_emulator/faults", `200 ~"path": "/sections/**"`},
		{"", "DELETE /_emulator/faults", "204 "}, {"", "GET /sections", "200 "},
	})
}

func TestDelaysAndTheirEnd(t *testing.T) {
	var waited []time.Duration
	wait := func(ctx context.Context, d time.Duration) error {
		waited = append(waited, d)
		return ctx.Err()
	}
	s := open(t, Options{Latency: time.Second, Wait: wait, Faults: []emulator.Fault{{Delay: time.Minute}}})
	play(t, s, []step{{DefaultKey, "GET /user/me", "200 "}, {DefaultKey, "GET /user/me", "200 "}})
	if fmt.Sprint(waited) != "[1m1s 1s]" {
		t.Errorf("waited %v", waited)
	}
	ctx, cancel := context.WithCancel(t.Context())
	slow := open(t, Options{Wait: func(context.Context, time.Duration) error { cancel(); return ctx.Err() }, Latency: 1})
	req, err := http.NewRequestWithContext(ctx, "GET", BaseURL+"/user/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Transport().RoundTrip(req); !errors.Is(err, context.Canceled) {
		t.Errorf("a request whose context ends: %v", err)
	}
}

func TestBadStarts(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Variants: []string{"role-pth=org"}}, `unknown variant "role-pth"; did you mean "role-path"?`},
		{Options{Variants: []string{"role-path=up"}}, `variant role-path has no value "up"; its values are flat, org, both`},
		{Options{Variants: []string{"role-path"}}, `variant "role-path" is not of the form name=value`},
		{Options{State: file("a", "hello\n")}, "not a state file"},
		{Options{State: file("b", "hello")}, "not a state file"},
		{Options{State: file("c", `{"emulator":"tines","version":1}`+"\n")}, "holds tines version 1, not partoo version 1"},
		{Options{State: file("d", `{"emulator":"partoo","version":1}`+"\n"+`[{"t":"zebra","id":"1"}]`+"\n")}, `line 2: unknown table "zebra"; delete the file to start afresh`},
		{Options{Seed: &Seed{Users: []SeedUser{{Email: "a@b.example", Role: "KING"}}}}, `user "a@b.example": role "KING" is none of Partoo's`},
		{Options{Seed: &Seed{Users: []SeedUser{{Email: "a@b.example", Role: "ORG_ADMIN"}, {Email: "A@b.example", Role: "ORG_ADMIN"}}}}, `user "A@b.example": is there twice`},
		{Options{Seed: &Seed{Users: []SeedUser{{Email: "a@b.example", Role: "GROUP_MANAGER", Accesses: [][]string{{"X/Y"}}}}}}, `there is no group "X/Y"`},
		{Options{Seed: &Seed{Users: []SeedUser{{Email: "a@b.example", Role: "GROUP_MANAGER", CustomRole: "x"}}}}, `there is no custom role "x"`},
		{Options{Seed: &Seed{Businesses: []SeedBusiness{{Code: "A"}, {Code: "A"}}}}, `business "A" is there twice`},
		{Options{Seed: &Seed{Businesses: []SeedBusiness{{Code: "A", Groups: []string{"X/Y"}}}}}, `business "A": there is no group "X/Y"`},
		{Options{Seed: &Seed{Sections: []SeedSection{{Name: "S", Groups: []SeedGroup{{Name: "G", Businesses: []string{"B"}}}}}}}, `group "S/G": there is no business "B"`},
		{Options{Seed: &Seed{Sections: []SeedSection{{Name: "S"}, {Name: "S"}}}}, `section "S" is there twice`},
		{Options{Seed: &Seed{CustomRoles: []SeedRole{{APIID: "a"}, {APIID: "a"}}}}, `custom role "a" is there twice`},
		{Options{Seed: &Seed{APIKeys: []SeedKey{{Key: "k", User: "no@b.example"}}}}, `there is no user "no@b.example"`},
	} {
		if _, err := New(tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %s, got %v", tt.want, err)
		}
	}
}

func TestEveryVariantValueStarts(t *testing.T) {
	providertest.CheckVariants(t, Variants())
	for _, v := range Variants() {
		for _, value := range v.Values {
			play(t, seeded(t, zoo, v.Name+"="+value), []step{{"", "GET /user/me", "200"}})
		}
	}
}

func TestStateIsOneTransactionALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s := open(t, Options{State: path, Seed: parse(t, zoo), Rate: -1})
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, []step{{"", "DELETE /user/" + groupID, "200 "}, {"", "DELETE /user/none", "404 "}, {"", "GET /user/me", "200 "}})
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	added := string(bytes.TrimPrefix(after, before))
	var ops []map[string]any
	if err := json.Unmarshal([]byte(added), &ops); err != nil || len(ops) != 2 || strings.Count(added, "\n") != 1 {
		t.Errorf("deleting a user with one key wrote %q", added)
	}
}

func TestWatch(t *testing.T) {
	var moments []map[string][]string
	s := open(t, Options{Seed: parse(t, zoo), Rate: -1, Watch: func(m map[string][]string) { moments = append(moments, m) }})
	play(t, s, []step{
		{"", "GET /user/me", "200 "},
		{"", "DELETE /user/none", "404 "},
		{"", "DELETE /user/" + groupID, "200 "},
	})
	if len(moments) != 2 {
		t.Fatalf("%d moments, want the start and the deletion", len(moments))
	}
	for i, want := range []bool{true, false} {
		if a, ok := moments[i]["group@zoo.example"]; ok != want || ok && len(a) == 0 {
			t.Errorf("moment %d: the user is there: %t, with %v", i, ok, a)
		}
	}
}
