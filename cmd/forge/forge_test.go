package forge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd/forge"
	"github.com/rolecall-dev/rolecall/cmd/forge/forgetest"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

const (
	marker = "<!-- rolecall:0123 -->"
	own    = 41 // account of the pipeline
	other  = 99
)

// A repository is a forge for tests, and the pauses that its client made.
type repository struct {
	*forgetest.Server
	forge  forge.Forge
	pauses []time.Duration
}

// each runs a test on both forges.
func each(t *testing.T, test func(t *testing.T, r *repository)) {
	for _, name := range []string{"github", "gitlab"} {
		t.Run(name, func(t *testing.T) { test(t, connect(t, name, forgetest.Token)) })
	}
}

var now = time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC)

func connect(t *testing.T, name, token string) *repository {
	t.Helper()
	r := &repository{}
	c := forge.Config{
		Token: token, Variable: "TOKEN", Address: "ADDRESS", Secrets: &secret.Set{}, UserAgent: "rolecall/test",
		Now:  func() time.Time { return now },
		Wait: func(_ context.Context, d time.Duration) error { r.pauses = append(r.pauses, d); return nil },
	}
	var err error
	if name == "github" {
		r.Server, err = forgetest.NewGitHub()
		c.Base, c.Repository = "http://127.0.0.1:1/api/v3", forgetest.Repository
	} else {
		r.Server, err = forgetest.NewGitLab()
		c.Base, c.Repository = "http://127.0.0.1:1/api/v4", fmt.Sprint(forgetest.Project)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Transport = r.Transport()
	if name == "github" {
		r.forge, err = forge.NewGitHub(c)
	} else {
		r.forge, err = forge.NewGitLab(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *repository) poster(t *testing.T) *forge.Poster {
	t.Helper()
	p, err := forge.NewPoster(t.Context(), r.forge)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// comment makes the comment, and fails unless that did what is wanted.
func (r *repository) comment(t *testing.T, body string, want forge.Action) {
	t.Helper()
	done, err := r.poster(t).Comment(t.Context(), forgetest.PullRequest, body)
	if err != nil || done.Done != want {
		t.Fatalf("%q, %v; want %q", done.Done, err, want)
	}
}

// bodies lists the comments of an account on the pull request.
func (r *repository) bodies(author int64) []string {
	var out []string
	for _, c := range r.Comments(forgetest.PullRequest) {
		if c.Author == author {
			out = append(out, c.Body)
		}
	}
	return out
}

func add(t *testing.T, r *repository, author int64, body string) {
	t.Helper()
	if err := r.AddComment(author, body); err != nil {
		t.Fatal(err)
	}
}

// The comment is found on the last of many pages, and only if it is the account's own.
func TestCommentAmongMany(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		for i := range 250 {
			add(t, r, other, fmt.Sprint("comment ", i))
		}
		add(t, r, other, marker+"\nplanted")
		add(t, r, own, "another comment\n"+marker)
		r.comment(t, marker+"\none", forge.Created)
		r.comment(t, marker+"\none", forge.Unchanged)
		r.comment(t, marker+"\ntwo", forge.Updated)
		if got, want := r.bodies(own), []string{"another comment\n" + marker, marker + "\ntwo"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if got := r.bodies(other); len(got) != 251 || got[250] != marker+"\nplanted" {
			t.Errorf("the comments of others changed: %d, %q", len(got), got[len(got)-1])
		}
		if n := r.Writes(); n != 2 {
			t.Errorf("%d requests wrote, want 2", n)
		}
	})
}

// Of several comments with the marker, the oldest stays.
func TestDuplicateComments(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		for _, body := range []string{"one", "two", "three"} {
			add(t, r, own, marker+"\n"+body)
		}
		r.comment(t, marker+"\ntwo", forge.Updated)
		if got := r.bodies(own); !slices.Equal(got, []string{marker + "\ntwo"}) {
			t.Errorf("%q", got)
		}
	})
}

// A rival is a forge on which somebody else acts right before a comment or an issue is added.
type rival struct {
	forge.Forge
	act func()
}

func (r rival) AddComment(ctx context.Context, number int, body string) error {
	r.act()
	return r.Forge.AddComment(ctx, number, body)
}

func (r rival) AddIssue(ctx context.Context, title, body string) error {
	r.act()
	return r.Forge.AddIssue(ctx, title, body)
}

// Two runs at once that both find nothing end with one comment, the older one.
func TestTwoCommentsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		p, err := forge.NewPoster(t.Context(), rival{r.forge, func() { add(t, r, own, marker+"\nof the other run") }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Comment(t.Context(), forgetest.PullRequest, marker+"\nmine"); err != nil {
			t.Fatal(err)
		}
		r.comment(t, marker+"\nmine", forge.Unchanged)
		all := r.Comments(forgetest.PullRequest)
		if len(all) != 1 || all[0].ID != 101 {
			t.Errorf("%+v", all)
		}
	})
}

func TestTwoIssuesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		act := func() {
			if err := r.AddIssue(own, "title", marker+"\nof the other run"); err != nil {
				t.Fatal(err)
			}
		}
		p, err := forge.NewPoster(t.Context(), rival{r.forge, act})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Issue(t.Context(), "title", marker+"\nmine", "again"); err != nil {
			t.Fatal(err)
		}
		all := r.Issues()
		if len(all) != 2 || all[0].Closed || !strings.Contains(all[0].Body, "mine") || !all[1].Closed {
			t.Errorf("%+v", all)
		}
		if c := r.Comments(all[1].ID); len(c) != 1 || c[0].Body != "A duplicate of #101." {
			t.Errorf("%+v", c)
		}
		// The duplicate is not the one that is opened again.
		if _, err := p.CloseIssue(t.Context(), marker, "fine"); err != nil {
			t.Fatal(err)
		}
		done, err := p.Issue(t.Context(), "title", marker+"\nagain", "again")
		if err != nil || done.Done != forge.Reopened || done.Post.ID != 101 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

// An issue is found among many others and pull requests, also if it was closed by hand.
func TestIssueAmongMany(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		p := r.poster(t)
		for i := range 230 {
			if err := r.AddIssue(other, "title", fmt.Sprint(marker, "\n", i)); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []forge.Action{forge.Created, forge.Unchanged} {
			if done, err := p.Issue(t.Context(), "title", marker+"\nmine", "again"); err != nil || done.Done != want {
				t.Fatalf("%+v, %v", done, err)
			}
		}
		done, err := p.CloseIssue(t.Context(), marker, "fine")
		if err != nil || done.Done != forge.Closed || done.Post.ID != 331 {
			t.Fatalf("%+v, %v", done, err)
		}
		if done, err = p.CloseIssue(t.Context(), marker, "fine"); err != nil || done.Done != forge.None {
			t.Fatalf("%+v, %v", done, err)
		}
		open := 0
		for _, i := range r.Issues() {
			if !i.Closed {
				open++
			}
		}
		if open != 230 {
			t.Errorf("%d issues are open, want the 230 of others", open)
		}
	})
}

// GitLab would run lines that begin with a slash as commands. A post that has them is unchanged all the same.
func TestCommandsInText(t *testing.T) {
	r := connect(t, "gitlab", forgetest.Token)
	body := marker + "\n/merge\n  /close\ntext /approve"
	r.comment(t, body, forge.Created)
	r.comment(t, body, forge.Unchanged)
	p := r.poster(t)
	if _, err := p.Issue(t.Context(), "title", body, "/close"); err != nil {
		t.Fatal(err)
	}
	for _, post := range append(r.Comments(forgetest.PullRequest), r.Issues()...) {
		if len(post.Commands) > 0 {
			t.Errorf("ran %q", post.Commands)
		}
	}
}

// A body that exceeds the limit is an error with the reason.
func TestTooLong(t *testing.T) {
	r := connect(t, "github", forgetest.Token)
	_, err := r.poster(t).Comment(t.Context(), forgetest.PullRequest, marker+strings.Repeat("\nä", 65536))
	if err == nil || !strings.Contains(err.Error(), "too long (maximum is 65536 characters)") {
		t.Error(err)
	}
}

// Whoever may read the repository without being asked in, it is public. That is assumed if the forge does not say.
func TestPublic(t *testing.T) {
	for _, test := range []struct {
		forge, visibility string
		public            bool
	}{
		{"github", "public", true}, {"github", "internal", false}, {"github", "private", false},
		{"gitlab", "public", true}, {"gitlab", "internal", true}, {"gitlab", "private", false}, {"gitlab", "", true},
	} {
		r := connect(t, test.forge, forgetest.Token)
		r.Visibility = test.visibility
		if got, err := r.forge.Public(t.Context()); got != test.public || err != nil {
			t.Errorf("%s %q: %v, %v", test.forge, test.visibility, got, err)
		}
	}
	each(t, func(t *testing.T, r *repository) {
		r.Inject(emulator.Fault{Method: "GET", Status: 403})
		if got, err := r.forge.Public(t.Context()); !got || err != nil {
			t.Errorf("%v, %v", got, err)
		}
		r.Inject(emulator.Fault{Method: "GET", Status: 503, Times: -1})
		if _, err := r.forge.Public(t.Context()); err == nil {
			t.Error("no error although the forge is down")
		}
	})
}

// The client waits as long as the forge asks, and gives up if that is long.
func TestRateLimits(t *testing.T) {
	reset := func(d time.Duration) map[string]string {
		return map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now.Add(d).Unix())}
	}
	secondary := `{"message": "You have exceeded a secondary rate limit."}`
	for _, test := range []struct {
		name  string
		fault emulator.Fault
		pause time.Duration // 0 means that it gives up
	}{
		{"primary", emulator.Fault{Status: 403, Header: reset(90 * time.Second)}, 91 * time.Second},
		{"primary, as 429", emulator.Fault{Status: 429, Header: reset(90 * time.Second)}, 91 * time.Second},
		{"primary, long", emulator.Fault{Status: 403, Header: reset(time.Hour)}, 0},
		{"secondary", emulator.Fault{Status: 403, Header: map[string]string{"Retry-After": "7"}, Body: secondary}, 7 * time.Second},
		{"secondary, no time", emulator.Fault{Status: 403, Body: secondary}, time.Minute},
		{"refused", emulator.Fault{Status: 403, Body: `{"message": "Resource not accessible by integration"}`}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := connect(t, "github", forgetest.Token)
			r.Inject(test.fault)
			_, err := r.forge.Head(t.Context(), forgetest.PullRequest)
			switch {
			case test.pause == 0 && (err == nil || len(r.pauses) > 0):
				t.Errorf("%v after %v", err, r.pauses)
			case test.pause > 0 && (err != nil || len(r.pauses) != 1 || r.pauses[0] != test.pause):
				t.Errorf("%v after %v, want %v", err, r.pauses, test.pause)
			}
			// A create that was refused for a rate limit may be sent again.
			r.Inject(test.fault)
			if err = r.forge.AddComment(t.Context(), forgetest.PullRequest, "text"); (err == nil) != (test.pause > 0) {
				t.Error(err)
			}
		})
	}
}

// Creating is not repeated after a failure that may have taken effect, editing is.
func TestWhatIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		add(t, r, own, "text")
		fault := func(method string) { r.ClearFaults(); r.Inject(emulator.Fault{Method: method, Status: 502}) }
		before := r.Writes()
		fault(http.MethodPost)
		if err := r.forge.AddComment(t.Context(), forgetest.PullRequest, "text"); !errors.Is(err, provider.ErrAmbiguous) {
			t.Error(err)
		}
		if n := r.Writes() - before; n != 1 {
			t.Errorf("the create was sent %d times", n)
		}
		for _, method := range []string{http.MethodPatch, http.MethodPut} {
			fault(method)
			if err := r.forge.EditComment(t.Context(), forgetest.PullRequest, 101, "new"); err != nil {
				t.Error(err)
			}
		}
		fault(http.MethodDelete)
		for range 2 { // what is gone already is no error
			if err := r.forge.DeleteComment(t.Context(), forgetest.PullRequest, 101); err != nil {
				t.Error(err)
			}
		}
	})
}

// No error shows the token, and a redirect does not get it.
func TestToken(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		r.Inject(emulator.Fault{Method: "GET", Status: 500, Times: -1, Body: "the token is " + forgetest.Token})
		_, err := r.forge.Head(t.Context(), forgetest.PullRequest)
		if err == nil || strings.Contains(err.Error()+provider.Hint(err), forgetest.Token) {
			t.Error(err)
		}
		r.ClearFaults()
		before := len(r.Entries(0))
		r.Inject(emulator.Fault{Method: "GET", Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/stolen"}})
		if _, err = r.forge.Head(t.Context(), forgetest.PullRequest); provider.Status(err) != 302 || len(r.Entries(0)) != before+1 {
			t.Error(err)
		}
	})
	for _, base := range []string{"http://forge.example", "https://user:hunter2@forge.example", "ftp://forge.example", "forge.example", ""} {
		for _, open := range []func(forge.Config) (forge.Forge, error){forge.NewGitHub, forge.NewGitLab} {
			_, err := open(forge.Config{Base: base, Repository: "zoo/access", Token: "secret", Address: "ADDRESS"})
			if err == nil || !strings.Contains(err.Error(), "ADDRESS cannot be") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: %v", base, err)
			}
		}
	}
}

// An answer without its list, or of another form, is an error and never an empty list.
func TestOddAnswers(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		for _, body := range []string{`null`, `{}`, `[{}]`, `[{"id": 0}]`, ``, `<html>Sign in</html>`} {
			r.Inject(emulator.Fault{Method: "GET", Status: 200, Body: body, Times: -1})
			if all, err := r.forge.Comments(t.Context(), forgetest.PullRequest); err == nil {
				t.Errorf("%s: %v", body, all)
			}
			if all, err := r.forge.OpenIssues(t.Context()); err == nil {
				t.Errorf("%s: %v", body, all)
			}
			if head, err := r.forge.Head(t.Context(), forgetest.PullRequest); err == nil {
				t.Errorf("%s: %v", body, head)
			}
			r.ClearFaults()
			r.Inject(emulator.Fault{Status: 200, Body: body, Times: -1})
			if account, err := r.forge.Account(t.Context()); err == nil {
				t.Errorf("%s: %v", body, account)
			}
			r.ClearFaults()
		}
	})
}

// A post without a marker could not be found again, and would be posted by each run.
func TestUnmarked(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		for _, body := range []string{"", "text", "text\n" + marker, "\n" + marker} {
			if _, err := r.poster(t).Comment(t.Context(), forgetest.PullRequest, body); err == nil {
				t.Errorf("%q was posted as a comment", body)
			}
			if _, err := r.poster(t).Issue(t.Context(), "title", body, ""); err == nil {
				t.Errorf("%q was posted as an issue", body)
			}
		}
		if n := r.Writes(); n != 0 {
			t.Errorf("%d requests wrote", n)
		}
	})
}

// Other programs post with the same account, and their markers are not ours.
func TestCommentsOfOtherPrograms(t *testing.T) {
	each(t, func(t *testing.T, r *repository) {
		theirs := []string{"<!-- coverage -->\none", "<!-- coverage -->\ntwo"}
		for _, body := range theirs {
			add(t, r, own, body)
		}
		r.comment(t, marker+"<!-- coverage -->\nmine", forge.Created)
		posts, err := r.poster(t).Own(t.Context(), forgetest.PullRequest)
		if err != nil || len(posts) != 1 || !strings.HasPrefix(posts[0].Body, marker) {
			t.Errorf("own comments %v, %v", posts, err)
		}
		if got := r.bodies(own); len(got) != 3 || !slices.Equal(got[:2], theirs) {
			t.Errorf("comments %q", got)
		}
		if _, err := r.poster(t).Comment(t.Context(), forgetest.PullRequest, theirs[0]); err == nil {
			t.Error("a comment with the marker of another program is posted")
		}
	})
}
