package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd/forge/forgetest"
)

var success = map[string]string{"validate": "success", "plan": "success"}

// TestRehearsal lives with the pipeline: import, pull request, comment, second push, merge, apply by
// digest, a change by hand, drift, issue, mended, issue closed, a bad apply, undone, reverted.
func TestRehearsal(t *testing.T) {
	for _, product := range rehearsalProducts() {
		t.Run(product.name, func(t *testing.T) {
			t.Parallel()
			r := newRehearsal(t, product)

			// What exists becomes files, in a pull request that changes nothing.
			p := r.open("import", func(access string) {
				r.rolecall(0, append([]string{"import", product.name, access, "--set", "endpoint=" + r.served.Endpoint}, product.set...)...)
			})
			p.plan().want(success)
			p.commented("no changes")
			run := p.apply(p.merge(), "").want(map[string]string{"apply": "success"})
			if len(r.cache.keys) != 1 || !strings.HasPrefix(string(run.artifacts["access-journal-1"]), "age-encryption.org/v1") {
				t.Fatalf("cache %v, artifacts of %d bytes", r.cache.keys, len(run.artifacts["access-journal-1"]))
			}
			r.checkDrift().want(map[string]string{"drift": "success"})
			if n := len(r.issues.Issues()); n != 0 {
				t.Fatalf("%d issues", n)
			}

			// A pull request, and a second push.
			p = r.open("first", r.edits(product.first))
			p.plan().want(success)
			id := p.commented("1 to update", "Planned for commit "+p.github.Head)
			earlier := p.digest()
			p.push(r.edits(product.second))
			p.plan().want(success)
			if again := p.commented("2 to update", "Planned for commit "+p.github.Head); again != id || p.digest() == earlier {
				t.Errorf("comment %d after %d, digest %s", again, id, earlier)
			}
			commit := p.merge()
			p.apply(commit, "").want(map[string]string{"apply": "success"})
			r.settled()

			// The same run again does nothing, and the earlier digest approves nothing.
			p.apply(commit, "").want(map[string]string{"apply": "success"})
			r.checkDrift().want(map[string]string{"drift": "success"})
			if n := len(r.issues.Issues()); n != 0 {
				t.Fatalf("%d issues after an apply: %+v", n, r.issues.Issues())
			}

			// Somebody changes the product by hand, and somebody undoes it.
			r.byHandNow(product.byHand)
			run = r.checkDrift().want(map[string]string{"drift": "success"})
			issues := r.issues.Issues()
			if len(issues) != 1 || issues[0].Closed || !strings.Contains(issues[0].Body, product.drift) {
				t.Fatalf("issues: %+v\n%s", issues, run.log)
			}
			r.checkDrift().want(map[string]string{"drift": "success"})
			if again := r.issues.Issues(); len(again) != 1 || again[0].Updated != issues[0].Updated {
				t.Errorf("issues after a check that found the same: %+v", again)
			}
			if product.undo != (edit{}) {
				r.byHandNow(product.undo)
			} else {
				p.apply(r.head(), earlier).want(map[string]string{"apply": "failure"}) // not approved for that
				p.apply(r.head(), r.currentDigest()).want(map[string]string{"apply": "success"})
			}
			r.settled()
			r.checkDrift().want(map[string]string{"drift": "success"})
			if issues = r.issues.Issues(); len(issues) != 1 || !issues[0].Closed {
				t.Errorf("issues after it was mended: %+v", issues)
			}
			undoBadApply(t, r)
		})
	}
}

// TestRehearsalOfPullRequests opens what reviewers have to tell apart.
func TestRehearsalOfPullRequests(t *testing.T) {
	for _, product := range rehearsalProducts() {
		t.Run(product.name, func(t *testing.T) {
			t.Parallel()
			r := newRehearsal(t, product)
			r.open("import", func(access string) {
				r.rolecall(0, append([]string{"import", product.name, access, "--set", "endpoint=" + r.served.Endpoint}, product.set...)...)
			}).merge()

			// A refactoring is proven to be one, and what widens rights is not.
			text, err := os.ReadFile(filepath.Join(r.flows, "access-plan.yml"))
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(r.flows, "asserted.yml"), strings.Replace(string(text), "command: plan\n", "command: plan\n          flags: --assert=no-access-change\n", 1))
			p := r.open("harmless", r.edits(product.harmless))
			if run := p.planWith("asserted.yml").want(success); strings.Contains(run.summary, "by hand") {
				t.Errorf("the summary says to apply before the merge:\n%s", run.summary)
			}
			p.commented("1 to update")
			p = r.open("widening", r.edits(product.widening))
			p.planWith("asserted.yml").want(map[string]string{"plan": "failure"})
			p.commented("`no-access-change` does not hold")
			if p.digest() != "" {
				t.Error("a plan that breaks an assertion can be approved")
			}
			p.plan().want(success)
			p.commented("danger", product.danger)

			// A change between the review and the merge is not applied unseen.
			approved := p.digest()
			r.byHandNow(product.harmless)
			commit := p.merge()
			run := p.apply(commit, "").want(map[string]string{"apply": "failure"})
			next := r.currentDigest()
			if next == approved || !strings.Contains(run.summary, next) {
				t.Errorf("%s was approved, and %s is not in:\n%s", approved, next, run.summary)
			}
			p.apply(commit, next).want(map[string]string{"apply": "success"})
			r.settled()

			// A run of an older commit is not repeated: it would bring back what was revoked since.
			widened := p
			p = r.open("revoking", func(string) { r.git(r.work, "revert", "--no-commit", "HEAD") })
			p.plan().want(success)
			p.apply(p.merge(), "").want(map[string]string{"apply": "success"})
			for _, digest := range []string{"", next} {
				run = widened.attempt("2", commit, digest).want(map[string]string{"apply": "failure"})
				if !strings.Contains(run.log, "is not the newest of main any more") || strings.Contains(run.log, "Applied") {
					t.Errorf("the log:\n%s", run.log)
				}
			}
			r.settled()

			// A fork gets no key and no token that writes: its files are checked only, and a person approves.
			p = r.open("fork", r.edits(product.first))
			p.fork = true
			p.plan().want(map[string]string{"validate": "success", "plan": "skipped"})
			if n := len(p.github.Comments(forgetest.PullRequest)); n != 0 {
				t.Errorf("%d comments", n)
			}
			commit = p.merge()
			run = p.apply(commit, "").want(map[string]string{"apply": "failure"})
			if !strings.Contains(run.log, "no comment on pull request 7 shows the whole plan") || !strings.Contains(run.summary, "run the workflow by hand with this digest:\n\n    "+r.currentDigest()) {
				t.Errorf("after a fork's merge:\n%s\n%s", run.log, run.summary)
			}
			p.apply(commit, r.currentDigest()).want(map[string]string{"apply": "success"})
			r.settled()
		})
	}
}

// TestRehearsalOfTheLastAdministrator merges two pull requests, each of which leaves an administrator.
func TestRehearsalOfTheLastAdministrator(t *testing.T) {
	for _, product := range administratorProducts() {
		t.Run(product.name, func(t *testing.T) {
			t.Parallel()
			r := newRehearsal(t, product)
			r.open("begin", func(access string) {
				if err := os.Mkdir(access, 0o700); err != nil {
					t.Fatal(err)
				}
				put(t, filepath.Join(access, "main.hcl"), strings.Replace(product.files, "ENDPOINT", r.served.Endpoint, 1))
			}).merge()
			r.settled()
			one, two := r.open("one", r.edits(product.first)), r.open("two", r.edits(product.second))
			for _, p := range []*pull{one, two} {
				p.plan().want(success)
				if p.digest() == "" {
					t.Errorf("nothing to approve:\n%s", p.comment().Body)
				}
			}
			one.apply(one.merge(), "").want(map[string]string{"apply": "success"})
			commit := two.merge()
			digest := two.digest()
			for _, approved := range []string{"", digest} { // by merging, and by hand
				run := two.apply(commit, approved).want(map[string]string{"apply": "failure"})
				if !strings.Contains(run.log, "The last administrator would be lost") || strings.Contains(run.log, "Applied") {
					t.Errorf("the log:\n%s", run.log)
				}
			}
		})
	}
}
