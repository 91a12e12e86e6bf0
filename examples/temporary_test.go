package examples_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
)

var update = flag.Bool("update", false, "rewrite the outputs in docs/guides/temporary-access.md")

// dated finds the sessions of the guide to temporary access: a day, and commands with their outputs.
var dated = regexp.MustCompile("(?ms)^```text\n\\$ date \\+%F\n(\\S+)\n(.*?)^```$")

// TestTemporaryAccessGuide runs every command of the guide on its day, in a directory with the guide's first
// example and a tenant that has nothing but its owner. Each must print what stands there; apply prints what plan prints, so its output is left out.
func TestTemporaryAccessGuide(t *testing.T) {
	const path = "../docs/guides/temporary-access.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	guide := strings.ReplaceAll(string(page), "\r\n", "\n")
	elsewhere := t.TempDir()
	if err := os.Mkdir(elsewhere+"/access", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.hcl":        fence.FindStringSubmatch(guide)[2],
		"tines.seed.json": `{"users": [{"email": "olga@soc.example", "first_name": "Olga", "last_name": "Berg", "admin": true}]}`,
	} {
		if err := os.WriteFile(elsewhere+"/access/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	back, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(elsewhere)
	ran := 0
	now := dated.ReplaceAllStringFunc(guide, func(block string) string {
		m := dated.FindStringSubmatch(block)
		day, err := time.Parse(time.DateOnly, m[1])
		if err != nil {
			t.Fatal(err)
		}
		out := "```text\n$ date +%F\n" + m[1] + "\n"
		for line := range strings.Lines(m[2]) {
			if command, ok := strings.CutPrefix(line, "$ rolecall "); ok {
				ran++
				printed := onDay(t, day, strings.Fields(command)...)
				if out += line; !strings.HasPrefix(command, "apply") {
					out += printed
				}
			}
		}
		return out + "```"
	})
	if sessions := strings.Count(guide, "```text"); ran < sessions || sessions < 4 {
		t.Errorf("%d commands in %d sessions", ran, sessions)
	}
	if *update {
		t.Chdir(back)
		if err := os.WriteFile(path, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if now != guide {
		t.Errorf("the commands of the guide print, which -update writes:\n%s", now)
	}
}

// onDay runs the program at noon of a day in UTC, and returns what it prints.
func onDay(t *testing.T, day time.Time, args ...string) string {
	t.Helper()
	var o, e bytes.Buffer
	f := cmd.System()
	f.Out, f.Err, f.Environ, f.Width = &o, &e, []string{"XDG_STATE_HOME=" + t.TempDir()}, 80
	f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false
	f.Now = func() time.Time { return day.Add(12 * time.Hour) }
	if code := cmd.Main(args, f); code != 0 && code != 2 {
		t.Fatalf("exit code %d: %s%s", code, o.String(), e.String())
	}
	return o.String()
}
