package cmd_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"
)

// The commands that scripts have beside those of testscript itself:
//
//	status N COMMAND...    runs a command that must end with exit code N
//	example NAME [DIR]     copies a directory of the examples
//	json                   holds when the last output is one JSON value
//	odd latin|large FILE   writes a file that is not UTF-8, or one of 50 MB
//	bomb depth|chain|unary|json FILE writes a file that is too much to read
//	repeat FILE [N TEXT]... writes a file of texts, each repeated; \n, \r, \u0600 and \ufeff are a
//	                       character each
//	uncomment DIR          removes the comment marks of the samples in the files that init writes
//	edit FROM TO RE TEXT   copies a file with every match of a pattern replaced
//	serve [PRODUCT] [FLAG]... serves an emulated product, Partoo unless another is named, until
//	                       the script ends; the files find it as var.endpoint, and the
//	                       product's variable (PARTOO_API_KEY) holds its key
//	plain stdout|stderr [RE] saves the last output, from the first match of a pattern on, as
//	                       plain.txt, with ENDPOINT for the address
//	fault SPEC...          lets requests to it go wrong, as --fault does
//	mend                   ends all faults
//	writes N               holds when the requests that wrote are N since serve
//	state FILE             saves what the emulated organization holds
//	agekey VARIABLE        sets variables to a new secret key of age, and with _PUBLIC to its public key
//	receiver               starts a webhook and a mail server; $WEBHOOK and $MAIL are their URLs
//	received [FILE]        saves what they received since the last time; without a file that is nothing
//	refuse webhook|mail [WHY] makes one of them refuse with a text; without one, it accepts again
//	send METHOD PATH [BODY] sends a request to it, as a person does who changes something by hand
//	accept FILE KIND KEY   writes an accept block for what the last drift --json found there
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"status":    status,
	"example":   exampleScript,
	"json":      jsonScript,
	"edit":      editScript,
	"uncomment": uncommentScript,
	"odd":       oddScript,
	"bomb":      bombScript,
	"repeat":    repeatScript,
	"serve":     serveScript,
	"plain":     plainScript,
	"fault":     faultScript,
	"mend":      mendScript,
	"writes":    writesScript,
	"state":     stateScript,
	"agekey":    agekeyScript,
	"forge":     forgeScript,
	"receiver":  receiverScript,
	"received":  receivedScript,
	"refuse":    refuseScript,
	"send":      sendScript,
	"accept":    acceptScript,
}

type testKey struct{}

func serveScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("serve cannot be negated")
	}
	for i, a := range args {
		if i > 0 && slices.Contains([]string{"--seed", "--state", "--log"}, args[i-1]) {
			args[i] = ts.MkAbs(a)
		}
	}
	t, product := ts.Value(testKey{}).(*testing.T), "partoo"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		product, args = args[0], args[1:]
	}
	s := serveProduct(t, product, args...)
	ts.Defer(func() { s.stop() })
	ts.Setenv("ROLECALL_VAR_endpoint", s.Endpoint)
	ts.Setenv("CONTROL_TOKEN", s.Token)
	ts.Setenv(providerOf(t, product).KeyEnv, s.Key)
	ts.Setenv("PRODUCT_KEY", s.Key)
}

// control sends a request to the emulator's own routes.
func control(ts *testscript.TestScript, method, path, body string) []byte {
	endpoint, err := url.Parse(ts.Getenv("ROLECALL_VAR_endpoint"))
	ts.Check(err)
	if endpoint.Host == "" {
		ts.Fatalf("serve comes first")
	}
	r, err := http.NewRequest(method, endpoint.Scheme+"://"+endpoint.Host+"/_emulator"+path, strings.NewReader(body))
	ts.Check(err)
	r.Header.Set("Authorization", "Bearer "+ts.Getenv("CONTROL_TOKEN"))
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(r)
	ts.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode >= 300 {
		ts.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return text
}

func faultScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fault SPEC...")
	}
	spec, err := json.Marshal(args)
	ts.Check(err)
	control(ts, http.MethodPost, "/faults", string(spec))
}

func mendScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: mend")
	}
	control(ts, http.MethodDelete, "/faults", "")
}

func writesScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: writes N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var lines []string
	for line := range strings.Lines(string(control(ts, http.MethodGet, "/log", ""))) {
		var e struct{ Method string }
		ts.Check(json.Unmarshal([]byte(line), &e))
		if e.Method != http.MethodGet {
			lines = append(lines, line)
		}
	}
	if len(lines) != want {
		ts.Fatalf("%d requests wrote, want %d:\n%s", len(lines), want, strings.Join(lines, ""))
	}
}

func stateScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: state FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), control(ts, http.MethodGet, "/state", ""), 0o600))
}

func agekeyScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: agekey VARIABLE")
	}
	key, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Setenv(args[0], key.String())
	ts.Setenv(args[0]+"_PUBLIC", key.Recipient().String())
}

func sendScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: send METHOD PATH [BODY]")
	}
	r, err := http.NewRequest(args[0], ts.Getenv("ROLECALL_VAR_endpoint")+args[1], strings.NewReader(strings.Join(args[2:], "")))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	key := ts.Getenv("PRODUCT_KEY")
	r.Header.Set("x-APIKey", key)                // Partoo
	r.Header.Set("Authorization", "Bearer "+key) // Tines
	r.Header.Set("privateKey", key)              // uberall
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(r)
	ts.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if res.StatusCode >= 300 {
		ts.Fatalf("%s %s: %d %s", args[0], args[1], res.StatusCode, text)
	}
}

func acceptScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: accept FILE KIND KEY")
	}
	var found struct {
		Tenants []struct {
			Differences []struct{ Address, Subject, Fingerprint string }
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &found))
	at := args[1] + "." + args[2]
	var fingerprints []string
	for _, t := range found.Tenants {
		for _, d := range t.Differences {
			if d.Address == at || d.Subject == at {
				fingerprints = append(fingerprints, strconv.Quote(d.Fingerprint))
			}
		}
	}
	if fingerprints == nil {
		ts.Fatalf("nothing differs at %s:\n%s", at, ts.ReadFile("stdout"))
	}
	block := "accept %q %q {\n  until        = \"2999-01-31\"\n  reason       = \"known\"\n  fingerprints = [%s]\n}\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), fmt.Appendf(nil, block, args[1], args[2], strings.Join(fingerprints, ", ")), 0o600))
}

func exampleScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: example NAME [DIR]")
	}
	from, to := filepath.Join(ts.Getenv("EXAMPLES"), args[0]), ts.MkAbs(args[len(args)-1])
	files, err := os.ReadDir(from)
	ts.Check(err)
	ts.Check(os.MkdirAll(to, 0o700))
	for _, f := range files {
		if f.IsDir() {
			continue // the data of somebody's trial
		}
		text, err := os.ReadFile(filepath.Join(from, f.Name()))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(to, f.Name()), text, 0o600))
	}
}

func jsonScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: json")
	}
	if text := ts.ReadFile("stdout"); !json.Valid([]byte(text)) {
		ts.Fatalf("not JSON:\n%s", text)
	}
}

func oddScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: odd latin|large FILE")
	}
	text := "role \"keeper\" {\n  name = \"Gardien de la m\xe9nagerie\"\n}\n"
	if args[0] == "large" {
		text = strings.Repeat("name\n", 50<<20/5)
	}
	path := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	ts.Check(os.WriteFile(path, []byte(text), 0o600))
}

func bombScript(ts *testscript.TestScript, neg bool, args []string) {
	bombs := map[string]func() string{
		"depth": func() string { return "${" + strings.Repeat("(", 1<<20) },
		"chain": func() string { return "locals {\n  a = 1" + strings.Repeat("+1", 1<<20) + "\n}\n" },
		"unary": func() string { return "locals {\n  a = " + strings.Repeat("!", 1<<20) + "true\n}\n" },
		"json":  func() string { return "[" + strings.Repeat(`{"a":"0123456789"},`, 30<<20/19) + "1]" },
	}
	if neg || len(args) != 2 || bombs[args[0]] == nil {
		ts.Fatalf("usage: bomb depth|chain|unary|json FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(bombs[args[0]]()), 0o600))
}

func repeatScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 1 {
		ts.Fatalf("usage: repeat FILE [N TEXT]...")
	}
	var out strings.Builder
	for pair := range slices.Chunk(args[1:], 2) {
		n, err := strconv.Atoi(pair[0])
		ts.Check(err)
		out.WriteString(strings.Repeat(strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\u0600`, "\u0600", `\ufeff`, "\ufeff").Replace(pair[1]), n))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out.String()), 0o600))
}

func editScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: edit FROM TO RE TEXT")
	}
	re, err := regexp.Compile(args[2])
	ts.Check(err)
	before := ts.ReadFile(args[0])
	after := re.ReplaceAllString(before, args[3])
	if after == before {
		ts.Fatalf("%s has no %s:\n%s", args[0], args[2], before)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(after), 0o600))
}

func plainScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: plain stdout|stderr [RE]")
	}
	text := ts.ReadFile(args[0])
	if len(args) > 1 {
		at := regexp.MustCompile("(?m)" + args[1]).FindStringIndex(text)
		if at == nil {
			ts.Fatalf("no %s in:\n%s", args[1], text)
		}
		text = text[at[0]:]
	}
	text = strings.ReplaceAll(text, ts.Getenv("ROLECALL_VAR_endpoint"), "ENDPOINT")
	text = journalName.ReplaceAllString(text, "journal/TIME-$1")
	ts.Check(os.WriteFile(ts.MkAbs("plain.txt"), []byte(text), 0o600))
}

// journalName is a journal in a message, which is named for the time.
var journalName = regexp.MustCompile(`journal[/\\][0-9TZ]+-([a-z]+)(-[0-9]+)?`)
