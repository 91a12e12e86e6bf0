package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestConfigureStreams(t *testing.T) {
	type world struct{ Color, ErrColor, Asks, Watches bool }
	tests := []struct {
		name     string
		terminal bool
		environ  []string
		want     world
	}{
		{"a terminal", true, nil, world{true, true, true, true}},
		{"a pipe", false, nil, world{}},
		{"NO_COLOR", true, []string{"NO_COLOR=1"}, world{false, false, true, true}},
		{"empty NO_COLOR", true, []string{"NO_COLOR="}, world{true, true, true, true}},
		{"dumb terminal", true, []string{"TERM=dumb"}, world{false, false, true, true}},
		{"forced in a pipe", false, []string{"FORCE_COLOR=1"}, world{true, true, false, false}},
		{"not forced", false, []string{"FORCE_COLOR=0"}, world{}},
		{"NO_COLOR wins", false, []string{"FORCE_COLOR=1", "NO_COLOR=1"}, world{}},
		{"CI with a terminal", true, []string{"CI=true"}, world{true, true, false, false}},
		{"CI switched off", true, []string{"CI=false"}, world{true, true, true, true}},
		{"the last of two wins", true, []string{"CI=true", "CI="}, world{true, true, true, true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Streams{InTerminal: tt.terminal, OutTerminal: tt.terminal, ErrTerminal: tt.terminal}
			s.configure(tt.environ)
			got := world{s.Color, s.ErrColor, s.InTerminal, s.ErrTerminal}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	credentials := &provider.Error{Op: "read the own user", Status: 401, Err: provider.ErrCredentials, Hint: "Look at the key."}
	tests := []struct {
		err        error
		code       int
		hint, text string
	}{
		{nil, 0, "", ""},
		{errors.New("full disk"), 1, "", "Error: full disk\n"},
		{exitWith(3), 3, "", ""},
		{withCode(5, errors.New("too many removals")), 5, "", "Error: too many removals\n"},
		{credentials, 4, "Look at the key.", "Error: read the own user: credentials\n  Look at the key.\n"},
		{fmt.Errorf("partoo: %w", credentials), 4, "Look at the key.", "Error: partoo: read the own user: credentials\n  Look at the key.\n"},
		{advise("Try again.", "no"), 1, "Try again.", "Error: no\n  Try again.\n"},
		{withCode(4, advise("Set it.", "no key")), 4, "Set it.", "Error: no key\n  Set it.\n"},
		{errors.Join(errors.New("two"), errors.New("lines\x1b")), 1, "", "Error: two\n  lines\\x1b\n"},
	}
	for _, tt := range tests {
		if got := exitCode(tt.err); got != tt.code {
			t.Errorf("%v: code %d, want %d", tt.err, got, tt.code)
		}
		if got := hint(tt.err); got != tt.hint {
			t.Errorf("%v: hint %q, want %q", tt.err, got, tt.hint)
		}
		var b bytes.Buffer
		(&Streams{Err: &b, Width: 80}).report(tt.err)
		if diff := cmp.Diff(tt.text, b.String()); diff != "" {
			t.Errorf("%v: %s", tt.err, diff)
		}
	}
}

// What a printer forgets to clean is stopped by the streams.
func TestGuardedStreams(t *testing.T) {
	f := System()
	var out, told bytes.Buffer
	f.Out, f.Err, f.Version.Release = &out, &told, "1\x1b[2J\u202e"
	if code := Main([]string{"version"}, f); code != exitDone || !strings.Contains(out.String(), `1\x1b[2J\u202e`) || strings.Contains(out.String(), "\x1b") {
		t.Errorf("exit code %d, printed %q", code, out.String())
	}
	g, flush := f.guarded(&out)
	fmt.Fprint(g.Err, "\x1b[1mbold\x1b[0m\x1b[2J\x1b")
	flush()
	if got, want := told.String(), "\x1b[1mbold\x1b[0m\\x1b[2J\\x1b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Output that cannot be written ends the program with an error.
func TestFullDisk(t *testing.T) {
	f := System()
	var told bytes.Buffer
	f.Out, f.Err, f.ErrColor = broken{}, &told, false
	for _, command := range []string{"schema", "help", "version"} {
		told.Reset()
		f.Out = broken{}
		if code := Main([]string{command}, f); code != exitError || told.String() != "Error: cannot write the output: no space left\n" {
			t.Errorf("%s: exit code %d, told %q", command, code, told.String())
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWords(t *testing.T) {
	if got := tally(2, 1); got != "2 errors and 1 warning" {
		t.Error(got)
	}
}

// Planning leaves no file behind; applying keeps the data.
func TestEmbed(t *testing.T) {
	for _, p := range products() {
		t.Run(p.Provider.Name, func(t *testing.T) {
			dir := t.TempDir()
			state, seed := filepath.Join(dir, "data", "state.json"), filepath.Join(dir, "seed.json")
			for _, writes := range []bool{false, true} {
				e, err := p.Embed(nil, state, seed, writes)
				if err != nil {
					t.Fatal(err)
				}
				if e.Key == "" || e.BaseURL == "" || e.Transport == nil {
					t.Errorf("an emulation that cannot be reached: %+v", e)
				}
				if err := e.Close(); err != nil {
					t.Fatal(err)
				}
				if _, err := os.Stat(state); (err == nil) != writes {
					t.Errorf("writes = %v, and the state is there: %v", writes, err == nil)
				}
			}
		})
	}
}

// What a product says of itself is complete, so that help, init and errors can
// rely on it.
func TestProductsAreComplete(t *testing.T) {
	seen, variables := map[string]bool{}, map[string]string{}
	for _, p := range products() {
		for _, v := range []string{p.Provider.KeyEnv, p.Provider.HostEnv} {
			if v == "" {
				continue
			}
			for other, product := range variables {
				if v == other || strings.HasPrefix(v, other+"_") || strings.HasPrefix(other, v+"_") {
					t.Errorf("an alias can take %s of %s for %s of %s", v, p.Provider.Name, other, product)
				}
			}
			variables[v] = p.Provider.Name
		}
		d := p.Provider
		if seen[d.Name] {
			t.Errorf("two products are called %q", d.Name)
		}
		seen[d.Name] = true
		if p.Emulate == nil {
			t.Errorf("product %q has no Emulate", d.Name)
		}
		for _, k := range d.Kinds {
			if k.Doc == "" {
				t.Errorf("%s.%s has no Doc", d.Name, k.Name)
			}
			for _, a := range k.Attributes {
				if a.Doc == "" {
					t.Errorf("%s.%s.%s has no Doc", d.Name, k.Name, a.Name)
				}
				for _, to := range append([]string{a.Via}, a.Kinds...) {
					if to != "" && d.Kind(to) == nil {
						t.Errorf("%s.%s.%s refers to %q, which is no kind", d.Name, k.Name, a.Name, to)
					}
					if last := lastNamed(&d.Product, k); to != "" && a.Is(schema.OwnedBy) && (!a.Is(schema.Key) || d.Level(to) < last) {
						t.Errorf("%s.%s.%s is within what is not the last that it names, or not part of its key", d.Name, k.Name, a.Name)
					}
				}
			}
		}
	}
}

// lastNamed is the level of the last kind that objects of a kind must have something
// of.
func lastNamed(p *schema.Product, k *schema.Kind) int {
	last := -1
	for _, a := range k.Attributes {
		for _, to := range a.Kinds {
			if a.Comparable() && !a.Is(schema.WeakRef) {
				last = max(last, p.Level(to))
			}
		}
	}
	return last
}
