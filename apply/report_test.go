package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func page(t *testing.T, r *Report, width int, colored bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b, width, colored); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReportPages(t *testing.T) {
	t.Run("eventful", func(t *testing.T) {
		w, p := eventful()
		r := execute(t, w.full(), p)
		r.Journal = ".rolecall/journal/20260102T150405Z-fake.jsonl"
		golden(t, "eventful.txt", page(t, r, 80, false))
		golden(t, "eventful-color.txt", page(t, r, 80, true))
	})
	t.Run("good", func(t *testing.T) {
		golden(t, "good.txt", page(t, execute(t, newWorld().full(), planOf(create(aRole("a")))), 80, false))
	})
	t.Run("nothing", func(t *testing.T) {
		golden(t, "nothing.txt", page(t, execute(t, newWorld().full(), planOf()), 80, false))
	})
	t.Run("many held up by one", func(t *testing.T) {
		w := newWorld()
		w.apply = failing("role.r")
		changes := []plan.Change{create(aRole("r"))}
		for i := range 20 {
			changes = append(changes, create(aUser(fmt.Sprintf("u%02d@zoo.example", i), "r"), 0))
		}
		golden(t, "many.txt", page(t, execute(t, w.full(), planOf(changes...)), 80, false))
	})
	t.Run("stopped", func(t *testing.T) {
		stop := make(chan struct{})
		w := newWorld()
		w.apply = func(context.Context, provider.Request) fault { close(stop); return fault{} }
		r, err := Run(t.Context(), fiveRoles(), w.full(), &schema.Index{}, Options{Parallelism: 1, Stop: stop})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "stopped.txt", page(t, r, 80, false))
	})
	t.Run("unknown", func(t *testing.T) {
		w := newWorld()
		w.apply = func(context.Context, provider.Request) fault {
			w.lookErr = map[string]error{"role.a": errors.New("cannot look")}
			return fault{err: &provider.Error{Op: "create role a", Method: "POST", URL: "https://fake.example/roles", Err: provider.ErrAmbiguous}, effect: true}
		}
		golden(t, "doubt.txt", page(t, execute(t, w.full(), planOf(create(aRole("a")))), 80, false))
	})
	t.Run("key", func(t *testing.T) {
		w := newWorld()
		w.apply = func(context.Context, provider.Request) fault {
			return fault{err: &provider.Error{Op: "create role a", Method: "POST", URL: "https://fake.example/roles", Status: 401, Reason: "User not authenticated", Hint: "Check FAKE_API_KEY.", Err: provider.ErrCredentials}}
		}
		golden(t, "key.txt", page(t, execute(t, w.full(), fiveRoles()), 80, false))
	})
	t.Run("journal", func(t *testing.T) {
		j := &Journal{path: ".rolecall/journal/20260102T150405Z-fake.jsonl", file: &disk{lines: 1}}
		r, err := Run(t.Context(), fiveRoles(), newWorld().full(), &schema.Index{}, Options{Parallelism: 1, Journal: j})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "journal.txt", page(t, r, 80, false))
	})
	t.Run("exists", func(t *testing.T) {
		w := newWorld(aRole("a", "look"), aGroup("g"))
		r, err := Run(t.Context(), planOf(create(aRole("a", "read", "write")), create(aGroup("g"))), w.full(), &schema.Index{}, Options{Parallelism: 1})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "exists.txt", page(t, r, 80, false))
	})
}

func TestReportValues(t *testing.T) {
	long := strings.Repeat("long ", 40)
	u := with(aUser("u@x", "old", []string{"g", "h"}), func(u *user) { u.Bio, u.Floor = long, 3 })
	u.Set |= userKind.Mask("bio", "floor")
	g := aGroup("g", "5409c35a", "b2")
	gone := aRole("gone")
	w := newWorld(u, g, gone)
	edit(w, u.ID, func(u *user) { u.Bio, u.Floor, u.Sees, u.Role = "", 4, nil, "new" })
	edit(w, g.ID, func(g *group) { g.Stores = []string{"b2", "c3"} })
	delete(w.objects, gone.ID)
	p := planOf(
		update(u, with(u, func(u *user) { u.Admin = true })),
		update(g, with(g, func(g *group) { g.Stores = nil })),
		update(gone, with(gone, func(r *role) { r.Title = "T" })),
	)
	p.DisplayNames = map[string]string{"5409c35a": "Antwerp Zoo (5409c35a)"}
	p.SetNames = map[string]string{"[g, h]": "access.birds"}
	r := execute(t, w.full(), p)
	golden(t, "values.txt", page(t, r, 80, false))
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "values.json", append(text, '\n'))
}

func TestReportJSON(t *testing.T) {
	w, p := eventful()
	r := execute(t, w.full(), p)
	r.Halted = ErrStopped
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "eventful.json", append(text, '\n'))
}

// Whatever the width, nothing is lost and no line is longer than a word needs.
func TestReportWidth(t *testing.T) {
	w, p := eventful()
	r := execute(t, w.full(), p)
	words := strings.Fields(string(page(t, r, 0, false)))
	for width := range 120 {
		text := string(page(t, r, width, false))
		if got := strings.Fields(text); len(got) != len(words) {
			t.Fatalf("width %d has %d words, want %d", width, len(got), len(words))
		}
		if width < 40 {
			continue
		}
		for _, line := range strings.Split(text, "\n") {
			if len([]rune(line)) > width && len(strings.Fields(line)) > 1 {
				t.Errorf("width %d: a line of %d: %q", width, len([]rune(line)), line)
			}
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errFull }

func TestReportWriteError(t *testing.T) {
	if err := execute(t, newWorld().full(), planOf()).Write(broken{}, 0, false); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
