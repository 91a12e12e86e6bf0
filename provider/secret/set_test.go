package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/secret"
)

const key = "k-4711-very-secret"

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

// written lists ways in which a word can be repeated.
func written(t *testing.T, word string) map[string]string {
	std, web := base64.StdEncoding, base64.URLEncoding
	return map[string]string{
		"as it is":                word,
		"twice":                   word + word,
		"in capitals":             strings.ToUpper(word),
		"zero width":              strings.Join(strings.Split(word, ""), "\u200b"),
		"soft hyphens":            strings.Join(strings.Split(word, ""), "\u00ad"),
		"a variation selector":    word[:3] + "\ufe0f" + word[3:],
		"controls":                word[:3] + "\x1b\x00" + word[3:],
		"not UTF-8":               word[:3] + "\xff" + word[3:],
		"over two lines":          word[:4] + "\r\n  " + word[4:],
		"query":                   url.QueryEscape(word),
		"path":                    url.PathEscape(word),
		"every byte, lower":       everyByte("%%%02x", word),
		"every byte, upper":       everyByte("%%%02X", word),
		"query twice":             url.QueryEscape(everyByte("%%%02x", word)),
		"query three times":       url.QueryEscape(url.QueryEscape(everyByte("%%%02x", word))),
		"zero width in a query":   url.QueryEscape(strings.Join(strings.Split(word, ""), "\u200b")),
		"JSON":                    quotedJSON(t, word),
		"JSON in JSON":            quotedJSON(t, quotedJSON(t, word)),
		"JSON, every byte":        everyByte(`\u%04x`, word),
		"Go":                      fmt.Sprintf("%q", word),
		"Go, every byte":          everyByte(`\x%02x`, word),
		"HTML":                    everyByte("&#%d;", word),
		"HTML in hexadecimal":     everyByte("&#x%X;", word),
		"hexadecimal":             hex.EncodeToString([]byte(word)),
		"hexadecimal, colons":     strings.Join(strings.Fields(fmt.Sprintf("% x", word)), ":"),
		"C in octal digits":       everyByte(`\%03o`, word),
		"hexadecimal in capitals": strings.ToUpper(hex.EncodeToString([]byte(word))),
		"base64":                  std.EncodeToString([]byte(word)),
		"base64 without padding":  std.WithPadding(base64.NoPadding).EncodeToString([]byte(word)),
		"base64 for URLs":         web.EncodeToString([]byte(word)),
		"base64 behind 1 byte":    std.EncodeToString([]byte("a" + word + ":x")),
		"base64 behind 2 bytes":   std.EncodeToString([]byte("ab" + word + ":xy")),
		"base64 behind 3 bytes":   web.EncodeToString([]byte("abc" + word + ":xyz")),
		"base64 in a URL":         url.QueryEscape(std.EncodeToString([]byte("client:" + word))),
		"base64 over lines":       std.EncodeToString([]byte("cl:" + word))[:9] + "\n" + std.EncodeToString([]byte("cl:" + word))[9:],
	}
}

// findWords are secrets of different lengths and alphabets.
var findWords = []string{key, odd, "01234567", "Ab3-Ef_9"}

// TestRedact writes a secret in every way in which an answer may repeat it. Nothing of
// it stays, not half of it either, and the words around it do.
func TestRedact(t *testing.T) {
	for _, word := range findWords {
		all := written(t, word)
		all["its first half"] = word[:max(8, (len(word)+1)/2)]
		all["its last half"] = word[min(len(word)-8, len(word)/2):]
		var set secret.Set
		set.Add(word)
		for name, said := range all {
			check(t, name, word, said, set.Redact)
		}
	}
}

// TestRedactKnown does the same for text that is no message. What only looks like a
// secret stays, and so does a part of one.
func TestRedactKnown(t *testing.T) {
	for _, word := range findWords {
		var set secret.Set
		set.Add(word)
		known := func(s string) string { return string(set.RedactKnown([]byte(s))) }
		for name, said := range written(t, word) {
			check(t, name, word, said, known)
		}
		for _, text := range []string{
			"", "api_token_view", `{"token": "passw0rd-1-and-more"}`, "https://ana@zoo.example/", word[:len(word)-1], "100% sure & <b>fine</b> \\o/ %zz",
		} {
			if got := known(text); got != text {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
}

// check redacts a text with a secret in it.
func check(t *testing.T, name, word, said string, redact func(string) string) {
	t.Helper()
	text := "The word " + said + " is wrong"
	got := redact(text)
	if !strings.HasPrefix(got, "The word ") || !strings.HasSuffix(got, " is wrong") || !strings.Contains(got, "(redacted)") {
		t.Errorf("%s of %s: %q becomes %q", name, word, text, got)
	}
	// What is left of it is at most the bits at the ends of a longer base64 text.
	if left := strings.NewReplacer("(redacted)", "", "The word ", "", " is wrong", "").Replace(got); len(left) > 20 {
		t.Errorf("%s of %s leaves %q", name, word, left)
	}
}

// What is no secret stays, however it looks.
func TestRedactLeavesText(t *testing.T) {
	var set secret.Set
	set.Add(key, "zoo", "ana-k", "")
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
		if got := set.Redact(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Secrets that nobody told of are known by what is around them, or by their look.
func TestRedactUnknown(t *testing.T) {
	var set secret.Set
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
		got := set.Redact(text)
		for _, left := range []string{"passw0rd-1", "cGFzc3cwcmQt", "eyJzdWIi"} {
			if strings.Contains(got, left) {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
}
