package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

func TestRate(t *testing.T) {
	c := newClock()
	s := open(t, Options{Seed: parse(t, yard), Rate: 2, Clock: c.time})
	access := tokenOf(t, s, "admin")
	for range 2 {
		if res, _ := ask(t, s, access, "GET", BaseURL+"/userGroups", ""); res.StatusCode != 200 {
			t.Fatal(res.StatusCode)
		}
	}
	c.now = c.now.Add(18500 * time.Millisecond)
	res, text := ask(t, s, access, "GET", BaseURL+"/userGroups", "")
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "42" || !strings.Contains(text, "Too many requests") {
		t.Errorf("%d, Retry-After %q, %s", res.StatusCode, res.Header.Get("Retry-After"), text)
	}
	if res, _ := ask(t, s, "wrong", "GET", BaseURL+"/userGroups", ""); res.StatusCode != 401 {
		t.Errorf("without a token: %d", res.StatusCode)
	}
	c.now = c.now.Add(42 * time.Second)
	play(t, s, []step{{"", "GET /userGroups", "200 "}})
}

func TestStateSurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".rolecall", "roserocket.json")
	o := Options{State: path, Seed: parse(t, yard), Clock: newClock().time}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	narrow := paper("custom", row("status", "viewer", false))
	play(t, s, []step{
		{"", "POST " + sales + " " + narrow, "200 "},
		{"", `POST /userGroups {"name":"Night"}`, "200 "},
		{"", `POST /userGroups/g1/members {"add":["ben"],"remove":["ana"]}`, "200 "},
	})
	if err := s.AddField("order", Field{Key: "late__c"}); err != nil {
		t.Fatal(err)
	}
	killed, err := os.ReadFile(path) // as a kill would leave it
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Rights()
	if err != nil {
		t.Fatal(err)
	}
	old := tokenOf(t, s, "admin")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	closed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"killed": killed, "closed": closed, "torn": append(bytes.Clone(killed), `[{"t":"user","id":"torn`...)} {
		t.Run(name, func(t *testing.T) {
			o := o
			o.State, o.Seed = filepath.Join(t.TempDir(), "state"), nil
			if err := os.WriteFile(o.State, data, 0o600); err != nil {
				t.Fatal(err)
			}
			s := open(t, o)
			if res, _ := ask(t, s, old, "GET", BaseURL+"/userGroups", ""); res.StatusCode != 401 {
				t.Errorf("a token from before the restart: %d", res.StatusCode)
			}
			after, err := s.Rights()
			if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("%v: reach is\n%v\nnot\n%v", err, after, before)
			}
			play(t, s, []step{
				{"", "GET " + sales, `200 ~late__c`}, {"", `POST /userGroups {"name":"Night"}`, "409 "},
				{"", `POST /userGroups {"name":"Day"}`, "200 ~" + uuid("userGroup", "#2")},
			})
			if c := s.Credentials(); c != (Credentials{"emulator", "emulator-secret", DefaultLogin().OrgID, "admin"}) {
				t.Errorf("credentials %+v", c)
			}
		})
	}
	if bytes.Count(closed, []byte(`"g1"`)) != 2 {
		t.Error("a closed state file still has its history")
	}
}

func TestReset(t *testing.T) {
	s := open(t, Options{State: filepath.Join(t.TempDir(), "state"), Seed: parse(t, yard)})
	dump := func() string {
		_, text := ask(t, s, "", "GET", "http://sample.roserocket.emulator/_emulator/state", "")
		return text
	}
	before := dump()
	reach, err := s.Rights()
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, []step{{"", "POST " + sales + " {}", "200 "}, {"", `POST /userGroups {"name":"Night"}`, "200 "}})
	if dump() == before {
		t.Error("the state did not change")
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if got := dump(); got != before {
		t.Errorf("the state after a reset is\n%s", got)
	}
	if again, err := s.Rights(); err != nil || fmt.Sprint(again) != fmt.Sprint(reach) {
		t.Errorf("%v: reach after a reset is\n%v", err, again)
	}
}

func TestFaultsAndLatency(t *testing.T) {
	var waited []time.Duration
	wait := func(ctx context.Context, d time.Duration) error { waited = append(waited, d); return ctx.Err() }
	fault, err := emulator.ParseFault("GET /permissions/** status=401")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Seed: parse(t, yard), Latency: time.Second, Wait: wait, Faults: []emulator.Fault{fault}})
	play(t, s, []step{{"", "GET " + sales, "401 "}, {"", "GET " + sales, "200 "}})
	if fmt.Sprint(waited) != "[1s 1s 1s]" { // a token, too
		t.Errorf("waited %v", waited)
	}
	s.Inject(emulator.Fault{Method: "POST", Path: "/permissions/**", Cut: emulator.CutAfter})
	req, err := http.NewRequest("POST", BaseURL+sales, strings.NewReader(paper("noAccess")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokenOf(t, s, "admin"))
	if _, err := s.Transport().RoundTrip(req); !errors.Is(err, emulator.ErrCut) {
		t.Errorf("cut after the effect: %v", err)
	}
	play(t, s, []step{{"", "GET " + sales, `200 ~"option":"noAccess"`}})
}

func TestLog(t *testing.T) {
	var b bytes.Buffer
	s := open(t, Options{Seed: parse(t, yard), Log: &b})
	play(t, s, []step{{"", `POST /userGroups {"name":"Night"}`, "200 "}, {"sales", "GET /userGroups", "403 "}})
	want := `{"seq":2,"method":"POST","path":"/userGroups","body":{"name":"Night"},"status":200,"effect":true}
`
	if !strings.Contains(b.String(), want) || strings.Contains(b.String(), DefaultLogin().ClientSecret) || strings.Count(b.String(), "\n") != 4 {
		t.Errorf("the log is\n%s", b.String())
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
	for want, o := range map[string]Options{
		`unknown variant "writ"; did you mean "write"?`: {Variants: []string{"writ=merge"}},
		"not a state file": {State: file("a", "hello\n")},
		"holds tines version 1, not roserocket version 1":                          {State: file("b", `{"emulator":"tines","version":1}`+"\n")},
		`clients[0] has no id, no secret or is there twice`:                        {Seed: parse(t, `{"clients":[{"id":"a"}]}`)},
		`users[1]: has neither id nor email`:                                       {Seed: parse(t, `{"users":[{"role":"sales"}]}`)},
		`users[1]: u is there twice`:                                               {Seed: parse(t, `{"users":[{"id":"u","service":true},{"id":"u"}]}`)},
		`user u: there is no role "king"`:                                          {Seed: parse(t, `{"users":[{"id":"u","role":"king"}]}`)},
		`role "admin" is there twice`:                                              {Seed: parse(t, `{"roles":["admin","admin"]}`)},
		`a role has no key`:                                                        {Seed: parse(t, `{"roles":[""]}`)},
		`objects[1] has no key or is there twice`:                                  {Seed: parse(t, `{"objects":[{"key":"a","fields":[]},{"key":"a","fields":[]}]}`)},
		`object "a" has a field without key or twice`:                              {Seed: parse(t, `{"objects":[{"key":"a","fields":["b","b"]}]}`)},
		`permissions[0]: there is no role "king"`:                                  {Seed: parse(t, `{"objects":[],"permissions":[{"roles":["king"]}]}`)},
		`permissions[0]: there is no object "moon"`:                                {Seed: parse(t, `{"objects":[],"permissions":[{"objects":["moon"]}]}`)},
		`permissions[0]: there is no field "b"`:                                    {Seed: parse(t, `{"objects":[{"key":"a","fields":[]}],"permissions":[{"hide":["b"]}]}`)},
		`permissions[0]: there is no board "b"`:                                    {Seed: parse(t, `{"objects":[{"key":"a","fields":[]}],"permissions":[{"disabled_boards":["b"]}]}`)},
		`permissions[0]: access "most" is none of [full readOnly custom noAccess]`: {Seed: parse(t, `{"objects":[],"permissions":[{"access":"most"}]}`)},
		`permissions[0]: fields are named, and access is full`:                     {Seed: parse(t, `{"objects":[],"permissions":[{"access":"full","hide":["*"]}]}`)},
		`user group "A": there is no user "u"`:                                     {Seed: parse(t, `{"user_groups":[{"name":"A","members":["u"]}]}`)},
		`user group "A" has no name or is there twice`:                             {Seed: parse(t, `{"user_groups":[{"name":"A"},{"id":"x","name":"A"}]}`)},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	if _, err := emulator.ReadSeed[Seed](file("seed.json", `{"orgs":{}}`)); err == nil || !strings.Contains(err.Error(), `seed.json: json: unknown field "orgs"`) {
		t.Errorf("a seed with a wrong name: %v", err)
	}
	if _, err := emulator.ReadSeed[Seed](filepath.Join(dir, "none")); err == nil {
		t.Error("a seed file that is not there is no error")
	}
}

func TestEveryVariantValueStarts(t *testing.T) {
	for _, v := range Variants() {
		for _, value := range v.Values {
			s := seeded(t, yard, v.Name+"="+value)
			if tokenOf(t, s, "admin") == "" {
				t.Errorf("%s=%s: no token", v.Name, value)
			}
		}
	}
}

// Every variant is asked for somewhere, and each of its values that is not the
// default is told apart by a test.
func TestEveryVariantIsUsed(t *testing.T) {
	providertest.CheckVariants(t, Variants())
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(data)
	}
	for _, v := range Variants() {
		for _, value := range v.Values[1:] {
			if !strings.Contains(tests.String(), `"`+v.Name+"="+value+`"`) {
				t.Errorf("no test is about %s=%s", v.Name, value)
			}
		}
	}
}

func TestOverASocketByManyAtOnce(t *testing.T) {
	s := seeded(t, yard)
	web := httptest.NewServer(s)
	defer web.Close()
	send := func(access, path, body string) string {
		req, err := http.NewRequest("POST", web.URL+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return ""
		}
		req.Header.Set("Authorization", "Bearer "+access)
		res, err := web.Client().Do(req)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 {
			t.Errorf("%s: %d %s %v", path, res.StatusCode, data, err)
		}
		return string(data)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			var answer struct {
				AccessToken string `json:"access_token"`
			}
			if err := json.Unmarshal([]byte(send("", "/oauth/token", login("admin"))), &answer); err != nil {
				t.Error(err)
				return
			}
			for j := range 20 {
				send(answer.AccessToken, Prefix+"/userGroups", fmt.Sprintf(`{"name":"G%d.%d"}`, i, j))
			}
		})
	}
	wg.Wait()
	play(t, s, []step{{"", "POST /userGroups/search", `200 ~"total":161`}})
}
