package notify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd/notify"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

const (
	slackSecret = "abcDEF0123456789abcDEF01"
	teamsSecret = "Zm9vYmFyYmF6cXV4MTIz"
	teamsURL    = "https://prod-00.westeurope.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=" + teamsSecret
	title       = "rolecall: partoo differs from the files in 2 objects"
)

var lines = []string{"! <!channel> & [click](https://evil.example) became ORG_ADMIN", "~ ben@zoo.example lost two accesses"}

// A service records the only request and answers it.
type service struct {
	status int
	body   string
	header http.Header
	err    error

	request *http.Request
	sent    []byte
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.request != nil {
		return nil, errors.New("a second request")
	}
	s.request = r
	if r.Body != nil {
		var err error
		if s.sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: s.status, Status: http.StatusText(s.status), Header: s.header, Body: io.NopCloser(strings.NewReader(s.body)), Request: r}, nil
}

func parse(t *testing.T, address string) (*notify.Target, *secret.Set) {
	t.Helper()
	secrets := &secret.Set{}
	target, err := notify.Parse(address, secrets)
	if err != nil {
		t.Fatal(err)
	}
	return target, secrets
}

// TestWebhooks sends to each sort of target over HTTP.
func TestWebhooks(t *testing.T) {
	slackJSON := `{"text":"` + title + `","attachments":[{"text":"! &lt;!channel&gt; &amp; [click](https://evil.example) became ORG_ADMIN"},{"text":"~ ben@zoo.example lost two accesses"}]}`
	plainJSON := `{"title":"` + title + `","message":"! <!channel> & [click](https://evil.example) became ORG_ADMIN\n~ ben@zoo.example lost two accesses"}`
	teamsJSON := `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{
		"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.2","body":[
		{"type":"TextBlock","text":"` + title + `","weight":"Bolder","size":"Medium","color":"default"},
		{"type":"TextBlock","text":"! <!channel> & \\[click\\](https://evil.example) became ORG_ADMIN","wrap":true},
		{"type":"TextBlock","text":"~ ben@zoo.example lost two accesses","wrap":true}]}}]}`
	for name, c := range map[string]struct {
		address, name, to, authorization, json, text string
		answer                                       string
	}{
		"Slack as it shows the address": {
			address: "https://hooks.slack.com/services/T00000000/B00000000/" + slackSecret, name: "Slack",
			to: "https://hooks.slack.com/services/T00000000/B00000000/" + slackSecret, json: slackJSON, answer: "ok",
		},
		"Slack as shoutrrr writes it": {
			address: "slack://hook:T00000000-B00000000-" + slackSecret + "@webhook", name: "Slack",
			to: "https://hooks.slack.com/services/T00000000/B00000000/" + slackSecret, json: slackJSON, answer: "ok",
		},
		"Slack with the token of a bot": {
			address: "slack://xoxb:123456789012-123456789012-" + slackSecret + "@C0123456789", name: "Slack",
			to: "https://slack.com/api/chat.postMessage", authorization: "Bearer xoxb-123456789012-123456789012-" + slackSecret,
			json: strings.TrimSuffix(slackJSON, "}") + `,"channel":"C0123456789"}`, answer: `{"ok":true}`,
		},
		"Teams as it shows the address": {address: teamsURL, name: "Teams", to: teamsURL, json: teamsJSON},
		"Teams as shoutrrr writes it":   {address: "teams://?host=" + everyPercent(teamsURL), name: "Teams", to: teamsURL, json: teamsJSON},
		"a webhook": {
			address: "https://hooks.example.com/a/token-0123456789?key=0123456789", name: "webhook at hooks.example.com",
			to: "https://hooks.example.com/a/token-0123456789?key=0123456789", json: plainJSON,
		},
		"a webhook as shoutrrr writes it": {
			address: "generic://hooks.example.com/a?template=json&@Authorization=Bearer+token-0123456789", name: "webhook at hooks.example.com",
			to: "https://hooks.example.com/a", authorization: "Bearer token-0123456789", json: plainJSON,
		},
		"a webhook that takes text": {
			address: "generic://user:pass-0123@hooks.example.com:8443/a", name: "webhook at hooks.example.com:8443",
			to: "https://user:pass-0123@hooks.example.com:8443/a", authorization: "Basic dXNlcjpwYXNzLTAxMjM=",
			text: title + "\n" + strings.Join(lines, "\n"),
		},
		"a webhook on this machine": {
			address: "http://127.0.0.1:8080/a", name: "webhook at 127.0.0.1:8080", to: "http://127.0.0.1:8080/a", json: plainJSON,
		},
	} {
		t.Run(name, func(t *testing.T) {
			target, _ := parse(t, c.address)
			if target.Name != c.name {
				t.Errorf("named %q", target.Name)
			}
			s := &service{status: 200, body: c.answer}
			if err := target.Send(t.Context(), s, title, lines); err != nil {
				t.Fatal(err)
			}
			if r := s.request; r.Method != "POST" || r.URL.String() != c.to || r.Header.Get("Authorization") != c.authorization {
				t.Errorf("%s %s, Authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
			}
			if c.text != "" && string(s.sent) != c.text || c.json != "" && !sameJSON(t, s.sent, []byte(c.json)) {
				t.Errorf("sent %s", s.sent)
			}
		})
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var out [2][]byte
	for i, text := range [][]byte{a, b} {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		var err error
		if out[i], err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	return bytes.Equal(out[0], out[1])
}

// everyPercent writes every byte of a text as an escape of a URL.
func everyPercent(text string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

// TestRefusals has services that do not accept a text. The errors name no secret.
func TestRefusals(t *testing.T) {
	const hook = "https://hooks.example.com/a/token-0123456789"
	for name, c := range map[string]struct {
		address string
		service service
		want    string
	}{
		"a status":               {hook, service{status: 404}, "Not Found"},
		"a redirect":             {hook, service{status: 302, header: http.Header{"Location": {"https://evil.example/"}}}, "redirects to another address"},
		"a repeated request":     {hook, service{status: 307, header: http.Header{"Location": {"https://evil.example/"}}}, "redirects to another address"},
		"no connection":          {hook, service{err: errors.New("connection refused")}, "connection refused"},
		"Slack that is archived": {"https://hooks.slack.com/services/T00000000/B00000000/" + slackSecret, service{status: 410, body: "channel_is_archived"}, "channel_is_archived"},
		"Slack with another key": {"slack://xoxb:123456789012-123456789012-" + slackSecret + "@C0123456789", service{status: 200, body: `{"ok":false,"error":"invalid_auth"}`}, "invalid_auth"},
		"Teams without the flow": {teamsURL, service{status: 401}, "Unauthorized"},
		"a redirect of Teams":    {teamsURL, service{status: 301, header: http.Header{"Location": {"https://evil.example/"}}}, "redirects to another address"},
	} {
		t.Run(name, func(t *testing.T) {
			target, _ := parse(t, c.address)
			err := target.Send(t.Context(), &c.service, title, lines)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v", err)
			}
			for _, s := range []string{"token-0123456789", slackSecret, teamsSecret} {
				if strings.Contains(err.Error(), s) {
					t.Errorf("the error has %s: %v", s, err)
				}
			}
		})
	}
}

// TestUnusable has URLs that cannot be used. Neither the error nor later text shows what is secret in them.
func TestUnusable(t *testing.T) {
	const password = "hunter2-hunter2"
	for address, want := range map[string]string{
		password:                                                                                  "it is not a URL",
		"smtp://u:" + password + "%zz@host":                                                       "it is not a URL",
		"telegram://" + password + "@telegram":                                                    "telegram:// is not supported",
		"slack://" + password + "@channel":                                                        "invalid",
		"https://hooks.slack.com/services/" + password:                                            "invalid",
		"teams://?host=https%3A%2F%2Fevil.example%2Fworkflows%2F" + password:                      "invalid webhook URL",
		"http://hooks.example.com/" + password:                                                    "plain http",
		"generic://hooks.example.com/" + password + "?disabletls=yes":                             "plain http",
		"generic+http://hooks.example.com/" + password:                                            "plain http",
		"generic:///" + password:                                                                  "it is not an address",
		"generic://hooks.example.com/?template=" + "other":                                        "template can only be JSON",
		"smtp://u:" + password + "@mail.example.com/?to=a@x.example":                              "fromAddress missing",
		"smtp://u:" + password + "@mail.example.com/?from=a@x.example":                            "toAddress missing",
		"smtp://u:" + password + "@/?from=a@x.example&to=a@x.example":                             "names no mail server",
		"smtp://u:" + password + "@mail.example.com/?from=a@x.example&to=b@x.example&usehtml=yes": "usehtml is not supported",
		"smtp://u:" + password + "@mail.example.com/?from=a@x.example&to=b@x.example&odd=1":       "not a valid config key",
	} {
		secrets := &secret.Set{}
		_, err := notify.Parse(address, secrets)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", address, err, want)
			continue
		}
		if strings.Contains(err.Error(), password) {
			t.Errorf("%s: the error shows the password: %v", address, err)
		}
		if strings.Contains(address, password) && !strings.Contains(address, "usehtml") && strings.Contains(secrets.Redact("on: "+password), password) {
			t.Errorf("%s: the password is not a secret of the run", address)
		}
	}
}

// TestSecrets says what is secret in a URL, and what is not.
func TestSecrets(t *testing.T) {
	for address, c := range map[string]struct{ secret, public []string }{
		"https://hooks.slack.com/services/T00000000/B00000000/" + slackSecret: {[]string{slackSecret}, []string{"hooks.slack.com", "services"}},
		"slack://hook:T00000000-B00000000-" + slackSecret + "@webhook":        {[]string{slackSecret}, []string{"webhook"}},
		teamsURL: {[]string{teamsSecret}, []string{"prod-00.westeurope.logic.azure.com", "workflows", "manual"}},
		"teams://?host=" + everyPercent(teamsURL):                                                    {[]string{teamsSecret}, []string{"workflows", "manual"}},
		"https://hooks.example.com/notifications/0a1b2c3d?token=abcdefgh":                            {[]string{"0a1b2c3d", "abcdefgh"}, []string{"hooks.example.com", "notifications"}},
		"https://hooks.example.com/?verbose=true&env=production&channel=alerts":                      {nil, []string{"true", "production", "alerts"}},
		"slack://rolecall@T00000000/B00000000/" + slackSecret:                                        {[]string{slackSecret}, []string{"rolecall"}},
		"generic://hooks.example.com/?@Authorization=Bearer+abcdefgh&contenttype=text/plain":         {[]string{"abcdefgh"}, []string{"text/plain"}},
		"smtp://ops@x.example:p%40ssword@mail.example.com:587/?from=ops@x.example&to=sec1@x.example": {[]string{"p@ssword", "p%40ssword"}, []string{"ops@x.example", "sec1@x.example", "mail.example.com"}},
	} {
		_, secrets := parse(t, address)
		for _, s := range c.secret {
			if strings.Contains(secrets.Redact("see "+s+" there"), s) {
				t.Errorf("%s: %s is not secret", address, s)
			}
			if strings.Contains(secrets.Redact("see "+address+" there"), s) {
				t.Errorf("%s shows %s", secrets.Redact(address), s)
			}
		}
		for _, s := range c.public {
			if got := secrets.Redact("see " + s + " there"); got != "see "+s+" there" {
				t.Errorf("%s: %s became %s", address, s, got)
			}
		}
	}
}

// TestID gives the same ID to all URLs of a target, whatever the secret.
func TestID(t *testing.T) {
	const mail = "@mail.example.com/?from=a@x.example&to="
	same := [][]string{
		{"https://hooks.slack.com/services/T00000000/B00000000/" + slackSecret, "slack://hook:T00000000-B00000000-" + strings.Repeat("x", 24) + "@webhook"},
		{"https://hooks.slack.com/services/T00000000/B00000001/" + slackSecret},
		{teamsURL, strings.Replace(teamsURL, teamsSecret, "another", 1), "teams://?host=" + everyPercent(teamsURL)},
		{"https://hooks.example.com/a?key=1", "generic://u:p@hooks.example.com/a?template=json"},
		{"https://hooks.example.com/b?key=1"},
		{"smtp://u:one" + mail + "b@x.example,c@x.example", "smtp://u:two" + mail + "c@x.example,b@x.example"},
		{"smtp://u:one" + mail + "b@x.example"},
	}
	seen := map[string]int{}
	for i, addresses := range same {
		for _, a := range addresses {
			target, _ := parse(t, a)
			if j, known := seen[target.ID]; known && j != i {
				t.Errorf("%s has the ID of another target", a)
			} else if !known && a != addresses[0] {
				t.Errorf("%s has another ID than %s", a, addresses[0])
			}
			seen[target.ID] = i
		}
	}
}
