// Package examples_test uses every example as a newcomer would: plan, apply, and
// plan again, which must find nothing to do.
package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// rolecall runs the program and returns what it printed.
func rolecall(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &o, &e
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Environ = []string{"XDG_STATE_HOME=" + t.TempDir()}
	f.Width = 100
	f.Now = func() time.Time { return time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC) } // before the days of the pages
	code = cmd.Main(args, f)
	return code, o.String(), e.String()
}

// must runs the program and fails unless it ends with the code.
func must(t *testing.T, want int, args ...string) (out string) {
	t.Helper()
	code, out, errs := rolecall(t, args...)
	if code != want {
		t.Fatalf("rolecall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return out
}

// copied puts an example into a folder of the test's own, without the data that
// an earlier run left in it.
func copied(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(name)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, ".rolecall")); err != nil {
		t.Fatal(err)
	}
	return dir
}

const pending = 2 // exit code of plan --detailed-exitcode

func TestEveryExampleConverges(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "ci" { // pipelines, which package cmd tests
			continue
		}
		ran++
		t.Run(e.Name(), func(t *testing.T) {
			dir := copied(t, e.Name())
			must(t, 0, "validate", dir)
			must(t, 0, "fmt", "--check", dir)
			must(t, pending, "plan", "--detailed-exitcode", dir)
			must(t, 0, "apply", "--auto-approve", "--confirm", "Zoo Retail", dir) // of the example legacy
			if out := must(t, 0, "plan", "--detailed-exitcode", dir); !strings.Contains(out, "No changes") {
				t.Errorf("the second plan is not empty:\n%s", out)
			}
		})
	}
	if ran < 3 {
		t.Errorf("found %d examples, want the zoo, the roles and the roster", ran)
	}
}

// TestZooFilters holds the zoo against the table in Partoo's guide to groups and
// accesses: which animals a filter shows. The table gives examples of what is
// returned; the full sets here follow from animals.csv.
func TestZooFilters(t *testing.T) {
	dir := copied(t, "zoo")
	filters := []struct {
		email, access string
		table         []string // what the guide's table names
		all           []string // what the zoo's animals make of it
	}{{
		email: "birds-or-reptiles@zoo.example", access: `[group.class["Birds"], group.class["Reptiles"]]`,
		table: words("Crocodile Eagle Hawk Owl Canary Turkey Sparrow Chicken"),
		all:   words("Crocodile Cobra Lizard Eagle Owl Hawk Canary Turkey Sparrow Chicken"),
	}, {
		email: "ana@zoo.example", access: "", // european omnivorous birds and african carnivorous reptiles
		table: words("Canary Turkey Sparrow Chicken"),
		all:   words("Canary Turkey Sparrow Chicken Crocodile Cobra"),
	}, {
		email: "european-omnivorous-birds@zoo.example", access: "access.european_omnivorous_birds",
		table: words("Canary Turkey Sparrow Chicken"),
		all:   words("Canary Turkey Sparrow Chicken"),
	}, {
		email: "europe@zoo.example", access: `[group.continent["Europe"]]`,
		table: words("Eagle Owl Trout Lizard"),
		all:   words("Lizard Eagle Owl Canary Turkey Sparrow Chicken Trout"),
	}, {
		email: "director@zoo.example", access: "", // no filter
		table: words("Crab Snail Lobster Jellyfish"),
		all: words("Crocodile Cobra Lizard Eagle Owl Hawk Canary Turkey Sparrow Chicken Trout Carp Frog " +
			"Crab Snail Lobster Jellyfish"),
	}}
	var extra strings.Builder
	for _, f := range filters {
		if f.access != "" {
			extra.WriteString("user \"" + f.email + "\" {\n  first_name = \"F\"\n  last_name = \"Filter\"\n" +
				"  role = \"GROUP_MANAGER\"\n  custom_role = role.keeper\n  accesses = [" + f.access + "]\n}\n")
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "filters.hcl"), []byte(extra.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, 0, "apply", "--auto-approve", dir)

	zoo := open(t, filepath.Join(dir, ".rolecall", "partoo.json"), "zoo")
	for _, f := range filters {
		got := zoo.animals(t, f.email)
		for _, animal := range f.table {
			if !slices.Contains(got, animal) {
				t.Errorf("%s does not see the %s, which the guide's table names", f.email, animal)
			}
		}
		slices.Sort(f.all)
		if diff := cmp.Diff(f.all, got); diff != "" {
			t.Errorf("what %s sees (-want +got):\n%s", f.email, diff)
		}
	}
}

func words(s string) []string { return strings.Fields(s) }

// A zoo is an emulated organization after an apply, asked as any HTTP client would.
type zoo struct {
	transport http.RoundTripper
	key       string
	reach     map[string][]string // what each user can see and do; see emulator.Options
}

func open(t *testing.T, state, key string) zoo {
	t.Helper()
	z := zoo{key: key}
	s, err := emulator.New(emulator.Options{State: state, Watch: func(all map[string][]string) { z.reach = all }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	z.transport = s.Transport()
	return z
}

func (z zoo) ask(t *testing.T, path string, out any) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, emulator.BaseURL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("x-APIKey", z.key)
	resp, err := z.transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s answered %d", path, resp.StatusCode)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}

// animals lists the names of the businesses that the user can see, sorted.
func (z zoo) animals(t *testing.T, email string) []string {
	t.Helper()
	var all struct {
		Businesses []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"businesses"`
	}
	z.ask(t, "/business/search?page=1&per_page=100", &all)
	var names []string
	for _, b := range all.Businesses {
		if slices.Contains(z.reach[email], "see "+b.ID) {
			names = append(names, b.Name)
		}
	}
	slices.Sort(names)
	return names
}

// TestRolesAreTheGuides holds the permissions of examples/roles against the lists
// that Partoo's guide to custom roles prints.
func TestRolesAreTheGuides(t *testing.T) {
	dir := copied(t, "roles")
	must(t, 0, "apply", "--auto-approve", dir)
	live := open(t, filepath.Join(dir, ".rolecall", "partoo.json"), emulator.DefaultKey)
	for role, want := range map[string][]string{"business_editor": businessEditor, "review_manager": reviewManager} {
		var got struct {
			Permissions []string `json:"permissions"`
		}
		live.ask(t, "/custom_role/"+role, &got)
		slices.Sort(got.Permissions)
		slices.Sort(want)
		if diff := cmp.Diff(want, got.Permissions); diff != "" {
			t.Errorf("permissions of %s (-guide +live):\n%s", role, diff)
		}
	}
}

var businessEditor = words(`business_edit business_edit_name business_edit_categories business_edit_country
	business_edit_city business_edit_zipcode business_edit_address business_edit_address2 business_edit_coordinates
	business_edit_open_hours business_edit_specific_hours business_edit_more_hours business_edit_description_short
	business_edit_description_long business_edit_attributes business_edit_website_url business_edit_facebook_url
	business_edit_twitter_url business_edit_attributes_url business_edit_email business_edit_phone_number
	business_edit_fax business_edit_full_name business_edit_photo_secondary business_edit_photo_cover
	business_edit_photo_logo business_edit_services business_edit_menus`)

var reviewManager = words(`review_management review_download review_manage_state review_flag review_tags_manage
	review_tags_assign review_tags_manage_auto_settings review_reply_positive_reviews review_reply_neutral_reviews
	review_reply_negative_reviews review_reply_template_use review_reply_template_manage review_reply_suggestion
	review_manage_auto_reply_without_comments review_manage_auto_reply_with_comments review_analytics
	review_analytics_download review_analysis review_analysis_manage_settings review_booster
	review_booster_edit_expeditor_name review_booster_share_link review_booster_show_qr_code
	review_booster_manage_sms_template`)

// TestReadmePicture holds the picture in the README against what the program
// prints: every part between two lines of dots must be there, in this order.
func TestReadmePicture(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "<!-- picture -->\n```text\n$ rolecall plan examples/zoo\n")
	picture, _, end := strings.Cut(rest, "\n```")
	if !ok || !end {
		t.Fatal("the README has no picture of a plan")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	if err := os.CopyFS(filepath.Join(elsewhere, "examples", "zoo"), os.DirFS(filepath.Join(root, "examples", "zoo"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(elsewhere, "examples", "zoo", ".rolecall")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(elsewhere)
	out := plain(t, "plan", "examples/zoo")
	for part := range strings.SplitSeq(picture, "\n...\n") {
		_, after, found := strings.Cut(out, part)
		if !found {
			t.Fatalf("the plan does not print this part of the README's picture:\n%s\n\nit prints:\n%s", part, out)
		}
		out = after
	}
}

// plain runs the program as in a terminal 80 columns wide.
func plain(t *testing.T, args ...string) string {
	t.Helper()
	var o, e bytes.Buffer
	f := cmd.System()
	f.Out, f.Err, f.Environ, f.Width = &o, &e, []string{"XDG_STATE_HOME=" + t.TempDir()}, 80
	f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false
	if code := cmd.Main(args, f); code != 0 {
		t.Fatalf("exit code %d: %s", code, e.String())
	}
	return o.String()
}
