package cmd_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rolecall-dev/rolecall/cmd/forge/forgetest"
	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A scriptForge is the forge of a script.
type scriptForge struct {
	*forgetest.Server
	gitlab bool
	writes int // before the last check
}

type forgeKey struct{}

// forgeScript is the command forge of scripts:
//
//	forge github|gitlab          starts an empty repository and sets the variables of a pipeline
//	                             for its pull request 7; the log of the pipeline is at a fixed address
//	forge push HASH              gives the pull request a commit; a hash is one digit, repeated
//	forge pipeline HASH          lets the pipeline run for another commit
//	forge set NAME=VALUE...      visibility, locked, issues (on or off), token (pipeline, fork, stranger or wrong)
//	forge fault SPEC...          lets requests go wrong, as --fault of the emulators does
//	forge mend                   ends all faults
//	forge comment FILE           comments as a stranger
//	forge issue FILE             opens an issue as a stranger
//	forge merge HASH             merges the pull request with a commit, and lets the pipeline run for it
//	forge advance HASH           moves the branch main to another commit
//	forge edit ACCOUNT FROM TO   lets pipeline or stranger replace a text in all comments
//	forge writes N               holds when N requests wrote since the last check
//	forge show [comments|issues] prints what is there as forge.txt
func forgeScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: forge COMMAND...")
	}
	f := ts.Value(forgeKey{}).(*scriptForge)
	switch args[0] {
	case "github", "gitlab":
		f.start(ts, args[0] == "gitlab")
	case "push":
		commit := strings.Repeat(args[1], 40)
		ts.Check(f.Push(commit))
		f.runFor(ts, commit)
	case "pipeline":
		f.runFor(ts, strings.Repeat(args[1], 40))
	case "set":
		for _, setting := range args[1:] {
			name, value, _ := strings.Cut(setting, "=")
			ts.Check(f.Do(func() error { f.set(ts, name, value); return nil }))
		}
	case "fault":
		for _, spec := range args[1:] {
			fault, err := emulator.ParseFault(spec)
			ts.Check(err)
			f.Inject(fault)
		}
	case "mend":
		f.ClearFaults()
	case "comment":
		ts.Check(f.AddComment(99, ts.ReadFile(args[1])))
	case "issue":
		ts.Check(f.AddIssue(99, "An issue of somebody else", ts.ReadFile(args[1])))
	case "merge":
		commit := strings.Repeat(args[1], 40)
		ts.Check(f.Merge(commit))
		f.runAfter(ts, commit)
	case "advance":
		ts.Check(f.Advance(strings.Repeat(args[1], 40)))
	case "edit":
		editor := f.Tokens[map[string]string{"pipeline": forgetest.Token, "stranger": forgetest.StrangerToken}[args[1]]].ID
		for _, c := range f.Comments(forgetest.PullRequest) {
			ts.Check(f.EditComment(editor, c.ID, strings.ReplaceAll(c.Body, args[2], args[3])))
		}
	case "writes":
		n := f.Writes() - f.writes
		f.writes += n
		if fmt.Sprint(n) != args[1] {
			ts.Fatalf("%d requests wrote, want %s", n, args[1])
		}
	case "show":
		ts.Check(os.WriteFile(ts.MkAbs("forge.txt"), []byte(f.show(args[1])), 0o600))
	default:
		ts.Fatalf("unknown command forge %s", args[0])
	}
}

func (f *scriptForge) start(ts *testscript.TestScript, gitlab bool) {
	var err error
	if gitlab {
		f.Server, err = forgetest.NewGitLab()
	} else {
		f.Server, err = forgetest.NewGitHub()
	}
	ts.Check(err)
	f.gitlab, f.writes = gitlab, 0
	served := httptest.NewServer(f.Server)
	ts.Defer(served.Close)
	for _, name := range []string{"GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_TOKEN", "GITLAB_TOKEN"} {
		ts.Setenv(name, "")
	}
	if gitlab {
		ts.Setenv("GITLAB_CI", "true")
		ts.Setenv("CI_API_V4_URL", served.URL+"/api/v4")
		ts.Setenv("CI_PROJECT_ID", fmt.Sprint(forgetest.Project))
		ts.Setenv("CI_MERGE_REQUEST_IID", fmt.Sprint(forgetest.PullRequest))
		ts.Setenv("CI_JOB_URL", "https://gitlab.example/zoo/access/-/jobs/9")
	} else {
		ts.Setenv("GITHUB_ACTIONS", "true")
		ts.Setenv("GITHUB_API_URL", served.URL+"/api/v3")
		ts.Setenv("GITHUB_REPOSITORY", forgetest.Repository)
		ts.Setenv("GITHUB_SERVER_URL", "https://github.example")
		ts.Setenv("GITHUB_RUN_ID", "9")
		ts.Setenv("GITHUB_EVENT_PATH", ts.MkAbs("event.json"))
	}
	f.set(ts, "token", "pipeline")
	f.runFor(ts, f.Head)
}

// runFor lets the pipeline run for a commit.
func (f *scriptForge) runFor(ts *testscript.TestScript, commit string) {
	if f.gitlab {
		ts.Setenv("CI_COMMIT_SHA", commit)
		return
	}
	event, err := json.Marshal(map[string]any{"pull_request": map[string]any{"number": forgetest.PullRequest, "head": map[string]string{"sha": commit}}})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("event.json"), event, 0o600))
}

// runAfter lets a pipeline run for a commit of the main branch.
func (f *scriptForge) runAfter(ts *testscript.TestScript, commit string) {
	if f.gitlab {
		ts.Setenv("CI_COMMIT_SHA", commit)
		ts.Setenv("CI_MERGE_REQUEST_IID", "")
		ts.Setenv("CI_COMMIT_BRANCH", "main")
		return
	}
	ts.Setenv("GITHUB_SHA", commit)
	ts.Setenv("GITHUB_REF_NAME", "main")
	ts.Check(os.WriteFile(ts.MkAbs("event.json"), []byte(`{"after": "`+commit+`"}`), 0o600))
}

func (f *scriptForge) set(ts *testscript.TestScript, name, value string) {
	switch name {
	case "visibility":
		f.Visibility = value
	case "locked":
		f.Locked = value == "on"
	case "issues":
		f.NoIssues = value == "off"
	case "token":
		token := map[string]string{"pipeline": forgetest.Token, "fork": forgetest.ForkToken, "stranger": forgetest.StrangerToken, "wrong": "token-that-is-unknown"}[value]
		variable := "GITHUB_TOKEN"
		if f.gitlab {
			variable = "GITLAB_TOKEN"
		}
		ts.Setenv(variable, token)
	default:
		ts.Fatalf("unknown setting %s", name)
	}
}

// show writes the comments of the pull request, or the issues with their comments.
func (f *scriptForge) show(what string) string {
	var b strings.Builder
	write := func(p forgetest.Post) {
		fmt.Fprintf(&b, "by %s\n%s\n----\n", f.Login(p.Author), strings.TrimSpace(p.Body))
	}
	if what == "comments" {
		for _, c := range f.Comments(forgetest.PullRequest) {
			fmt.Fprintf(&b, "comment %d ", c.ID)
			write(c)
		}
		return b.String()
	}
	for _, i := range f.Issues() {
		state := "open"
		if i.Closed {
			state = "closed"
		}
		fmt.Fprintf(&b, "issue %d (%s): %s, ", i.ID, state, i.Title)
		write(i)
		for _, c := range f.Comments(i.ID) {
			b.WriteString("comment ")
			write(c)
		}
	}
	return b.String()
}
