package emulator

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
)

func TestTokenRequests(t *testing.T) {
	s := seeded(t, yard)
	refused := func(status int, code, body string) {
		t.Helper()
		res, text := ask(t, s, "", "POST", TokenURL, body)
		var answer struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || res.StatusCode != status || answer.Error != code || answer.Description == "" {
			t.Errorf("%s: %d %s", body, res.StatusCode, text)
		}
	}
	refused(400, "invalid_request", "grant_type=client_credentials&client_secret=x")
	refused(400, "unsupported_grant_type", login("admin", "grant_type", "password"))
	for _, name := range []string{"client_id", "client_secret", "audience", "org_id", "user_id"} {
		refused(400, "invalid_request", login("admin", name, ""))
	}
	refused(401, "invalid_client", login("admin", "client_secret", "wrong"))
	refused(401, "invalid_client", login("admin", "client_id", "wrong"))
	refused(403, "access_denied", login("admin", "audience", "https://elsewhere.example"))
	refused(403, "access_denied", login("admin", "org_id", "other"))
	refused(403, "access_denied", login("ana")) // a person
	refused(403, "access_denied", login("nobody"))
	if res, _ := ask(t, s, "", "GET", TokenURL, ""); res.StatusCode != 404 {
		t.Errorf("GET of the token endpoint: %d", res.StatusCode)
	}
	for _, e := range s.Entries(0) {
		if e.Effect || e.Path != "/oauth/token" {
			t.Errorf("entry %+v", e)
		}
	}
	if first := string(s.Entries(0)[0].Body); first != `"***"` {
		t.Errorf("a form is logged as %s", first)
	}
	if got := string(s.Entries(1)[0].Body); got != `{"audience":"`+Audience+`","client_id":"emulator","client_secret":"***","grant_type":"password","org_id":"`+DefaultLogin().OrgID+`","user_id":"admin"}` {
		t.Errorf("a token request is logged as %s", got)
	}
}

func TestTokenLife(t *testing.T) {
	c := newClock()
	s := open(t, Options{Seed: parse(t, yard), Clock: c.time})
	_, text := ask(t, s, "", "POST", TokenURL, login("admin"))
	var answer map[string]any
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	if answer["expires_in"] != 86400.0 {
		t.Error(text)
	}
	for _, at := range []struct {
		after  time.Duration
		status int
	}{{24*time.Hour - time.Second, 200}, {time.Second, 401}} {
		c.now = c.now.Add(at.after)
		if res, _ := ask(t, s, answer["access_token"].(string), "GET", BaseURL+"/userGroups", ""); res.StatusCode != at.status {
			t.Errorf("%d after %s", res.StatusCode, at.after)
		}
	}
}

func TestTokensEnd(t *testing.T) {
	s := open(t, Options{Seed: parse(t, yard), TokenRequests: 2})
	get := func(token string, want int) {
		t.Helper()
		if res, text := ask(t, s, token, "GET", BaseURL+"/userGroups", ""); res.StatusCode != want {
			t.Errorf("%d %s, want %d", res.StatusCode, text, want)
		}
	}
	one, two := tokenOf(t, s, "admin"), tokenOf(t, s, "admin")
	if one == two {
		t.Error("two tokens are one")
	}
	for _, status := range []int{200, 200, 401} {
		get(one, status)
	}
	get(two, 200)
	s.ExpireTokens()
	get(two, 401)
	get(tokenOf(t, s, "admin"), 200)
	get("", 401)
	get("nonsense", 401)
	_, text := ask(t, s, two, "GET", BaseURL+"/userGroups", "")
	if want := `{"error":"Unauthorized","message":"Unauthorized","statusCode":401}`; text != want {
		t.Errorf("401 is %s, not %s", text, want)
	}
}

func TestHosts(t *testing.T) {
	loopback := "http://127.0.0.1:8043" + Prefix
	s := seeded(t, yard)
	access := tokenOf(t, s, "admin")
	for base, want := range map[string]int{
		BaseURL: 200, NetworkURL: 403, "http://roserocket.emulator" + Prefix: 403, loopback: 200,
		"https://a.roserocket.com" + Prefix: 404, "http://sample.roserocket.emulator": 404,
	} {
		if res, _ := ask(t, s, access, "GET", base+"/userGroups", ""); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", base, res.StatusCode, want)
		}
	}
	for _, base := range []string{BaseURL, NetworkURL} {
		for org, want := range map[string]int{DefaultLogin().OrgID: 200, "other": 403} {
			if got := withOrg(t, s, access, base, org); got != want {
				t.Errorf("%s with x-org-id %s: %d", base, org, got)
			}
		}
	}
	for _, url := range []string{"http://127.0.0.1:8043/oauth/token", "https://a.roserocket.com/oauth/token"} {
		if res, text := ask(t, s, "", "POST", url, login("admin")); res.StatusCode != 200 {
			t.Errorf("%s: %d %s", url, res.StatusCode, text)
		}
	}
	if res, _ := ask(t, s, "", "POST", BaseURL+"/oauth/token", login("admin")); strconv.Itoa(res.StatusCode) != "401" {
		t.Errorf("a token below the API: %d", res.StatusCode)
	}
}
