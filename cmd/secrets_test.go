package cmd_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestNamesWithSecrets has a product that repeats the key, or the access token that it
// gave for it, in what it says about an object: as it is, in capitals, in escapes and in
// base64. No output, no saved plan and no journal holds any of it.
func TestNamesWithSecrets(t *testing.T) {
	for product, c := range map[string]struct {
		blocks string
		marked []string // what the answers say with the secret in its place
		code   int      // of applying the saved plan
	}{
		"partoo":     {"role \"marked\" {\n  name = \"Marked text\"\n  permissions = [\"business_edit\"]\n}", []string{"Marked text"}, 3},
		"tines":      {"user \"eve@soc.example\" {\n  first_name = \"Marked text\"\n  last_name = \"Ng\"\n}", []string{"Marked text"}, 3},
		"roserocket": {"user_group \"Dispatch\" { members = [] }", []string{"Plans and follows loads", "Accounts"}, 0},
	} {
		t.Run(product, func(t *testing.T) {
			m, home := newSharedServer(t, product), t.TempDir()
			dir := m.server.tenant(t, product, c.blocks)
			var mu sync.Mutex // guards secrets
			secrets := map[string]bool{}
			repeat := func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				res, err := send()
				if err != nil {
					return nil, err
				}
				defer res.Body.Close()
				body, err := io.ReadAll(res.Body)
				if err != nil {
					return nil, err
				}
				_, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
				if product == "partoo" {
					key = r.Header.Get("x-APIKey")
				}
				if key != "" {
					coded := base64.StdEncoding.EncodeToString([]byte(key))
					escaped := strings.ReplaceAll(everyPercent(key), "%2D", "-")
					mu.Lock()
					for _, s := range []string{key, strings.ToUpper(key), coded, escaped} {
						secrets[s] = true
					}
					mu.Unlock()
					for _, mark := range c.marked {
						body = bytes.ReplaceAll(body, []byte(mark), []byte(key+" "+strings.ToUpper(key)+" "+coded+" "+escaped))
					}
				}
				res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
				res.Header.Del("Content-Length")
				return res, nil
			}
			saved := filepath.Join(dir, "plan.json")
			texts := map[string]string{}
			_, texts["apply"] = m.run(home, repeat, "apply", "--auto-approve", "--verbose", dir)
			_, texts["plan"] = m.run(home, repeat, "plan", "--verbose", "--out", saved, dir)
			_, texts["plan --json"] = m.run(home, repeat, "plan", "--json", dir)
			_, texts["drift"] = m.run(home, repeat, "drift", "--verbose", "--update-baseline", dir)
			baseline, err := os.ReadFile(filepath.Join(dir, ".rolecall", "baseline.json"))
			if err != nil {
				t.Fatalf("%v:\n%s", err, texts["drift"])
			}
			texts["baseline"] = string(baseline)
			files, err := filepath.Glob(filepath.Join(dir, ".rolecall", "journal", "*.jsonl"))
			if err != nil || len(files) != 1 {
				t.Fatalf("journals %v, %v:\n%s", files, err, texts["apply"])
			}
			for _, file := range append(files, saved) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				texts[file] = string(text)
			}
			if len(secrets) == 0 {
				t.Fatal("no secret was sent")
			}
			for what, text := range texts {
				if what != "apply" && what != "baseline" && strings.Count(text, "(redacted)") < 4 {
					t.Errorf("%s does not show that something was replaced:\n%s", what, text)
				}
				for s := range secrets {
					if strings.Contains(text, s) {
						t.Errorf("%s holds %s:\n%s", what, s, text)
					}
				}
			}
			// show does not vouch for changes that were not saved as they are.
			if _, out := m.run(home, nil, "show", saved); !strings.Contains(out, "(redacted)") && !strings.Contains(out, "were edited") {
				t.Errorf("show says neither what it shows nor why not:\n%s", out)
			}
			// What was replaced is not what is live: nothing is written for it.
			if code, out := m.run(home, repeat, "apply", "--auto-approve", "--dir", dir, saved); code != c.code || strings.Contains(out, "Applied 1") {
				t.Errorf("exit code %d:\n%s", code, out)
			}
		})
	}
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
