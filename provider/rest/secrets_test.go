package rest_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// odd is a secret with every character that some escape is for.
const odd = `pA55/w+rd"&<=~\_-0815?x`

// everyByte writes each byte of a text with a verb.
func everyByte(verb, text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, verb, c)
	}
	return b.String()
}

func quotedJSON(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRedact writes a secret in every way in which an answer may repeat it. Nothing of
// it stays, not half of it either, and the words around it do.
func TestRedact(t *testing.T) {
	for _, secret := range []string{key, odd, "01234567", "Ab3-Ef_9"} {
		std, web := base64.StdEncoding, base64.URLEncoding
		for name, said := range map[string]string{
			"as it is":                secret,
			"twice":                   secret + secret,
			"in capitals":             strings.ToUpper(secret),
			"its first half":          secret[:max(8, (len(secret)+1)/2)],
			"its last half":           secret[min(len(secret)-8, len(secret)/2):],
			"zero width":              strings.Join(strings.Split(secret, ""), "\u200b"),
			"soft hyphens":            strings.Join(strings.Split(secret, ""), "\u00ad"),
			"a variation selector":    secret[:3] + "\ufe0f" + secret[3:],
			"controls":                secret[:3] + "\x1b\x00" + secret[3:],
			"not UTF-8":               secret[:3] + "\xff" + secret[3:],
			"over two lines":          secret[:4] + "\r\n  " + secret[4:],
			"query":                   url.QueryEscape(secret),
			"path":                    url.PathEscape(secret),
			"every byte, lower":       everyByte("%%%02x", secret),
			"every byte, upper":       everyByte("%%%02X", secret),
			"query twice":             url.QueryEscape(everyByte("%%%02x", secret)),
			"query three times":       url.QueryEscape(url.QueryEscape(everyByte("%%%02x", secret))),
			"zero width in a query":   url.QueryEscape(strings.Join(strings.Split(secret, ""), "\u200b")),
			"JSON":                    quotedJSON(t, secret),
			"JSON in JSON":            quotedJSON(t, quotedJSON(t, secret)),
			"JSON, every byte":        everyByte(`\u%04x`, secret),
			"Go":                      fmt.Sprintf("%q", secret),
			"Go, every byte":          everyByte(`\x%02x`, secret),
			"HTML":                    everyByte("&#%d;", secret),
			"HTML in hexadecimal":     everyByte("&#x%X;", secret),
			"hexadecimal":             hex.EncodeToString([]byte(secret)),
			"hexadecimal in capitals": strings.ToUpper(hex.EncodeToString([]byte(secret))),
			"base64":                  std.EncodeToString([]byte(secret)),
			"base64 without padding":  std.WithPadding(base64.NoPadding).EncodeToString([]byte(secret)),
			"base64 for URLs":         web.EncodeToString([]byte(secret)),
			"base64 behind 1 byte":    std.EncodeToString([]byte("a" + secret + ":x")),
			"base64 behind 2 bytes":   std.EncodeToString([]byte("ab" + secret + ":xy")),
			"base64 behind 3 bytes":   web.EncodeToString([]byte("abc" + secret + ":xyz")),
			"base64 in a URL":         url.QueryEscape(std.EncodeToString([]byte("client:" + secret))),
			"base64 over lines":       std.EncodeToString([]byte("cl:" + secret))[:9] + "\n" + std.EncodeToString([]byte("cl:" + secret))[9:],
		} {
			var s rest.Secrets
			s.Add(secret)
			text := "The word " + said + " is wrong"
			got := s.Redact(text)
			if !strings.HasPrefix(got, "The word ") || !strings.HasSuffix(got, " is wrong") || !strings.Contains(got, "(redacted)") {
				t.Errorf("%s of %s: %q becomes %q", name, secret, text, got)
			}
			// What is left of it is at most the bits at the ends of a longer base64 text.
			if left := strings.NewReplacer("(redacted)", "", "The word ", "", " is wrong", "").Replace(got); len(left) > 20 {
				t.Errorf("%s of %s leaves %q", name, secret, left)
			}
		}
	}
}

// What is no secret stays, however it looks.
func TestRedactLeavesText(t *testing.T) {
	var s rest.Secrets
	s.Add(key, "zoo", "ana-k", "")
	for text, want := range map[string]string{
		"The zoo of director@zoo.example":  "The zoo of director@zoo.example", // too short to be one
		"ana-k is wrong, ana-key is not":   "(redacted) is wrong, ana-key is not",
		"banana-kit":                       "banana-kit",
		"":                                 "",
		"100% sure & <b>fine</b> \\o/ %zz": "100% sure & <b>fine</b> \\o/ %zz",
		"token: is required":               "token: is required",
		"api_key: authentication_failed":   "api_key: authentication_failed",
		"k-4711 is a prefix of it":         "k-4711 is a prefix of it",
		"see https://zoo.example/a@b?c=d":  "see https://zoo.example/a@b?c=d",
		"X-Org-Id 00000000-0000-4000-8000-000000000042 is unknown": "X-Org-Id 00000000-0000-4000-8000-000000000042 is unknown",
	} {
		if got := s.Redact(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Secrets that nobody told of are known by what is around them, or by their look.
func TestRedactUnknown(t *testing.T) {
	var s rest.Secrets
	for _, text := range []string{
		"GET https://me:passw0rd-1@zoo.example/v2",
		"GET https://passw0rd-1@zoo.example/v2",
		`{"access_token":"passw0rd-1-and-more"}`,
		`{\"client_secret\":\"passw0rd-1-and-more\"}`,
		"client_secret=passw0rd-1-and-more&x=y",
		"Authorization: Bearer passw0rd-1-and-more",
		"authorization: Basic cGFzc3cwcmQtMS1hbmQ=",
		"x-apikey: passw0rd-1-and-more",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.passw0rd-1",
	} {
		got := s.Redact(text)
		for _, left := range []string{"passw0rd-1", "cGFzc3cwcmQt", "eyJzdWIi"} {
			if strings.Contains(got, left) {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
}

// The key is found before a long text is cut, wherever the limit falls in it, and in
// texts that are mostly invisible.
func TestRedactBeforeCut(t *testing.T) {
	for _, before := range []string{strings.Repeat("x", 180), strings.Repeat("\u200b", 70_000), strings.Repeat("é", 190), strings.Repeat(" ", 70_000)} {
		for shift := range 25 {
			p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				say(w, 400, before+strings.Repeat("y", shift)+" "+key)
			})
			err := rest.New(p.config(t)).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
			if err == nil || strings.Contains(err.Error(), key[:6]) {
				t.Fatalf("shift %d: %v", shift, err)
			}
		}
	}
}

// What a client sends in a body, and every token that it had, are secrets like its
// headers; what it sends publicly is none.
func TestSecretsOfClient(t *testing.T) {
	const secret, org = "client-secret-4711", "00000000-0000-4000-8000-000000000042"
	tokens := []string{"first-token-0001", "second-token-0002"}
	sent := 0
	p := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		say(w, 401, fmt.Sprintf("%s with %s, %s, %s and %s", r.Header.Get("X-Org-Id"), secret, tokens[0], tokens[1],
			base64.StdEncoding.EncodeToString([]byte("client:"+secret))))
	})
	config := p.config(t)
	config.PublicHeader = http.Header{"X-Org-Id": {org}}
	config.Secrets = &rest.Secrets{}
	config.Secrets.Add(secret)
	config.Renew = func(context.Context) error { return nil }
	config.Authorize = func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+tokens[sent])
		sent++
		return nil
	}
	err := rest.New(config).Do(t.Context(), rest.Call{Op: "list animals", Path: "/animals"}, nil)
	if err == nil || sent != 2 || !strings.Contains(err.Error(), org+" with (redacted), (redacted), (redacted) and ") {
		t.Fatalf("%d tokens, %v", sent, err)
	}
	for _, s := range append(tokens, secret, "c2VjcmV0") {
		if strings.Contains(err.Error(), s) {
			t.Errorf("shows %s: %v", s, err)
		}
	}
	if errors.Unwrap(err) == nil {
		t.Error("the error has no cause")
	}
}
