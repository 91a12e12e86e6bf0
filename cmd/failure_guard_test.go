package cmd_test

import (
	"encoding/base64"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

const secretKey = "k7-3f9c1d0e-never-to-be-seen"

// secretStage is the zoo with a key that is worth looking for.
func secretStage(t *testing.T) *failureRun {
	t.Helper()
	s := failureCases()[0]
	s.seed = func(t testing.TB) *partooemulator.Seed {
		seed := readSeed(t, "zoo")
		seed.APIKeys[0].Key = secretKey
		return seed
	}
	return s.start(t)
}

// TestFailureKeyIsNeverShown has a product that repeats the key in whatever it
// answers: in errors, in web pages, in redirects, in what breaks off. It appears
// in no output and in no file.
func TestFailureKeyIsNeverShown(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(key string) *httptest.ResponseRecorder
	}{
		{"a refusal", func(k string) *httptest.ResponseRecorder {
			return says(400, `{"error":{"json":{"x-APIKey":"`+k+` is not liked"}}}`)
		}},
		{"the key is refused", func(k string) *httptest.ResponseRecorder {
			return says(403, `{"error":{"authorization":"`+k+` may not"}}`)
		}},
		{"a web page", func(k string) *httptest.ResponseRecorder {
			return says(502, "<html><title>"+k+"</title></html>", "Content-Type", "text/html")
		}},
		{"a redirect", func(k string) *httptest.ResponseRecorder {
			return says(302, "", "Location", "https://elsewhere.example/?key="+k+"#"+k)
		}},
		{"broken JSON", func(k string) *httptest.ResponseRecorder { return says(200, `{"`+k+`":`+k) }},
		{"a long text before it", func(k string) *httptest.ResponseRecorder {
			return says(400, `{"error":"`+strings.Repeat("x", 185)+" "+k+`"}`)
		}},
		{"half of the key", func(k string) *httptest.ResponseRecorder {
			return says(400, `{"error":"`+k[:len(k)/2+1]+`..."}`)
		}},
		{"invisible characters", func(k string) *httptest.ResponseRecorder {
			return says(400, `{"error":"`+strings.Join(strings.Split(k, ""), "\u200b")+`"}`)
		}},
		{"base64", func(k string) *httptest.ResponseRecorder {
			return says(400, `{"error":"`+base64.StdEncoding.EncodeToString([]byte("ana:"+k))+`"}`)
		}},
		{"another type", func(k string) *httptest.ResponseRecorder { return says(200, `{"id": "`+k+`", "api_id": "`+k+`"}`) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, hit := range []func(r *http.Request) bool{
				func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/user/me") },
				func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/user/search") },
				func(r *http.Request) bool { return r.Method != http.MethodGet },
			} {
				st := secretStage(t)
				st.begin(func(_ int, r *http.Request, pass pass) *httptest.ResponseRecorder {
					if hit(r) {
						return c.answer(r.Header.Get("x-APIKey"))
					}
					return pass()
				})
				saved := filepath.Join(st.dir, "plan.json")
				_, planned := st.run("plan", "--out", saved, st.dir)
				_, asJSON := st.run("plan", "--json", st.dir)
				code, applied := st.run(st.applyArgs("--verbose")...)
				if code == 0 {
					t.Error("nothing went wrong: the test looks at nothing")
				}
				for what, out := range map[string]string{"plan": planned, "plan --json": asJSON, "apply": applied} {
					bare := strings.ReplaceAll(out, "\u200b", "")
					if strings.Contains(bare, secretKey[:8]) || strings.Contains(bare, base64.StdEncoding.EncodeToString([]byte("ana:" + secretKey))[8:20]) {
						t.Errorf("%s shows the key:\n%s", what, out)
					}
				}
				st.walk(st.dir, func(path string, _ fs.FileInfo) {
					if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), secretKey) {
						t.Errorf("%s holds the key, or cannot be read: %v", path, err)
					}
				})
			}
		})
	}
}

// walk calls f for every file below the directory.
func (s *failureRun) walk(dir string, f func(path string, info fs.FileInfo)) {
	s.t.Helper()
	err := filepath.Walk(dir, func(path string, info fs.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			f(path, info)
		}
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
}

// TestFailureFileModes looks at everything that rolecall writes: it names people
// and their rights, and only its owner may read it.
func TestFailureFileModes(t *testing.T) {
	st := failureCases()[0].start(t)
	saved := st.planFile()
	if code, out := st.run("apply", "--auto-approve", "--dir", st.dir, saved); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, end(out))
	}
	embedded := t.TempDir() // the emulator inside keeps its data there too
	if err := os.CopyFS(embedded, os.DirFS(filepath.Join("..", "examples", "roles"))); err != nil {
		t.Fatal(err)
	}
	if code, out := st.run("apply", "--auto-approve", embedded); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, end(out))
	}
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	files := 0
	look := func(path string, info fs.FileInfo) {
		files++
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o, want 600", path, mode)
		}
	}
	st.walk(filepath.Dir(saved), look)
	st.walk(filepath.Join(st.dir, ".local", "state", "rolecall", "locks"), look)
	for _, dir := range []string{st.dir, embedded} {
		data := filepath.Join(dir, ".rolecall")
		st.walk(data, look)
		for _, d := range []string{data, filepath.Join(data, "journal")} {
			info, err := os.Stat(d)
			if err != nil {
				t.Fatal(err)
			}
			if mode := info.Mode().Perm(); mode != 0o700 {
				t.Errorf("%s has mode %o, want 700", d, mode)
			}
		}
	}
	if files < 5 {
		t.Errorf("only %d files were looked at", files)
	}
}

// TestFailurePlanOnlyReads plans with everything that could tempt it to write, and
// counts what the product saw.
func TestFailurePlanOnlyReads(t *testing.T) {
	for _, s := range failureCases() {
		st := s.start(t)
		before := st.state().names()
		st.begin(nil)
		if code, out := st.run(append([]string{"plan", "--detailed-exitcode"}, append(st.flags, st.dir)...)...); code != 2 {
			t.Errorf("%s: exit code %d:\n%s", s.name, code, end(out))
		}
		if st.writes() != 0 || len(st.requests()) == 0 || strings.Join(before, "\n") != strings.Join(st.state().names(), "\n") {
			t.Errorf("%s: planning wrote: %v", s.name, st.requests())
		}
	}
}

// TestFailurePage makes sure that every test that the page for people names is
// there.
func TestFailurePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "failure.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{"TestFailure": true}
	for _, dir := range []string{".", "lease", "../apply", "../plan/build", "../plan/planfile", "../provider/rest", "../provider/secret", "../provider/partoo"} {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
				there[m[1]] = true
			}
		}
	}
	named := regexp.MustCompile(`Test[A-Z]\w*`).FindAllString(string(page), -1)
	for _, name := range named {
		if !there[name] {
			t.Errorf("the page names %s, and there is no such test", name)
		}
	}
	if len(named) < 20 {
		t.Errorf("the page names %d tests", len(named))
	}
}
