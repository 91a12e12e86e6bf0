package cmd_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// TestRehearsalOfAdoption adopts two changes by hand in a pull request, of which one gives privileged
// rights: the issue about them is closed after the merge, and nothing was written to the product.
func TestRehearsalOfAdoption(t *testing.T) {
	changed := map[string][]string{
		"partoo": {"user.ben@zoo.example", "user.vet@zoo.example"},
		"tines":  {"user.ben@soc.example", "role.TRIAGE"},
	}
	for _, product := range rehearsalProducts() {
		t.Run(product.name, func(t *testing.T) {
			t.Parallel()
			r := newRehearsal(t, product)
			p := r.open("import", func(access string) {
				r.rolecall(0, append([]string{"import", product.name, access, "--set", "endpoint=" + r.served.Endpoint}, product.set...)...)
			})
			p.plan().want(success)
			p.apply(p.merge(), "").want(map[string]string{"apply": "success"})
			p = r.open("second", r.edits(product.second))
			p.plan().want(success)
			p.apply(p.merge(), "").want(map[string]string{"apply": "success"})

			// Somebody changes the product by hand, and then once more.
			r.byHandNow(product.byHand)
			r.checkDrift().want(map[string]string{"drift": "success"})
			if issues := r.issues.Issues(); len(issues) != 1 || issues[0].Closed {
				t.Fatalf("issues: %+v", issues)
			}
			elsewhere := filepath.Join(t.TempDir(), "elsewhere")
			r.git(".", "clone", "--quiet", r.remote, elsewhere)
			r.edits(product.byHand, product.harmless)(filepath.Join(elsewhere, "access"))
			r.rolecall(0, "apply", "--auto-approve", filepath.Join(elsewhere, "access"))

			// Without its address, nothing is taken that no baseline tells from changes of the files.
			p = r.open("adopt", func(access string) {
				if out := r.adopt(access); !strings.Contains(out, "To adopt it, name it") || strings.Contains(out, "Adopted") {
					t.Errorf("adopt without addresses says\n%s", out)
				}
				out := r.adopt(access, changed[product.name]...)
				for _, address := range changed[product.name] {
					if !strings.Contains(out, "Adopted: "+address) {
						t.Errorf("adopt says\n%s", out)
					}
				}
			})
			before := r.git(p.work, "rev-parse", "origin/main")
			if diff := r.git(p.work, "diff", "--stat", before, "HEAD"); !strings.Contains(diff, "2 files changed, ") && !strings.Contains(diff, "1 file changed, 2 insertions") {
				t.Errorf("the pull request changes\n%s", diff)
			}
			p.plan().want(success)
			p.commented("no changes")
			p.apply(p.merge(), "").want(map[string]string{"apply": "success"})
			r.settled()
			r.checkDrift().want(map[string]string{"drift": "success"})
			if issues := r.issues.Issues(); len(issues) != 1 || !issues[0].Closed {
				t.Errorf("issues after the merge: %+v", issues)
			}
		})
	}
}

// adopt runs adopt on a developer's machine, without the baseline of the pipeline.
func (r *rehearsal) adopt(access string, addresses ...string) string {
	r.t.Helper()
	var out strings.Builder
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), &out, &out
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Environ = []string{r.keyEnv + "=" + r.served.Key, "XDG_STATE_HOME=" + r.t.TempDir()}
	if code := cmd.Main(append([]string{"adopt", "--dir", access}, addresses...), f); code != 0 {
		r.t.Fatalf("adopt %q: exit code %d\n%s", addresses, code, out.String())
	}
	return out.String()
}
