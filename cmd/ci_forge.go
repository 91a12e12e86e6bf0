package cmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/cmd/forge"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// forgeFlags say where to post, if the environment of the pipeline does not.
type forgeFlags struct {
	name       string
	repository string
}

func (o *forgeFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&o.name, "forge", "", "the repository is on `FORGE`: github or gitlab (default: where the pipeline runs)")
	completeFlag(c, "forge", cobra.FixedCompletions([]string{"github", "gitlab"}, cobra.ShellCompDirectiveNoFileComp))
	c.Flags().StringVar(&o.repository, "repository", "", "use `REPOSITORY`: owner/name, or the path or id of a project (default: that of the pipeline)")
}

// A pipeline is what the environment says about where a command runs.
type pipeline struct {
	forge      string // github or gitlab
	repository string
	number     int    // of the pull request; 0 if it runs for none
	commit     string // newest commit of the pull request
	log        string // address of the log; "" if not known
	workflow   string // on GitHub, the file of the workflow, which tells copies of it apart
	runs       string // address of the list of runs; "" if not known
	branch     string // for which it runs; "" if it runs for none
	first      bool   // it is known that nobody repeated this run
}

// pipeline reads the variables of GitHub Actions or GitLab CI, and applies the flags.
func (o *forgeFlags) pipeline(e Environment) (pipeline, error) {
	p := pipeline{forge: o.name}
	switch {
	case p.forge == "github" || p.forge == "gitlab":
	case p.forge != "":
		return p, advise("Write github or gitlab.", "flag --forge cannot be %q", p.forge)
	case e.forge() != "":
		p.forge = e.forge()
	default:
		return p, advise("Write --forge github or --forge gitlab, and --repository.", "this is neither GitHub Actions nor GitLab CI")
	}
	var err error
	if p.forge == "github" {
		err = p.readGitHub(e)
	} else {
		err = p.readGitLab(e)
	}
	if err != nil {
		return p, err
	}
	if o.repository != "" && o.repository != p.repository {
		p = pipeline{forge: p.forge, repository: o.repository, log: p.log, workflow: p.workflow, runs: p.runs} // the rest is about another one
	}
	if p.repository == "" {
		return p, advise("Write --repository.", "the environment does not say which repository to post to")
	}
	return p, nil
}

// forge returns on which forge the program runs as a step of a pipeline: github, gitlab or "".
func (e Environment) forge() string {
	switch {
	case e.env("GITHUB_ACTIONS") == "true":
		return "github"
	case e.env("GITLAB_CI") == "true":
		return "gitlab"
	}
	return ""
}

// maxEvent is the largest event in bytes; GitHub's are smaller than 25 MB.
const maxEvent = 32 << 20

func (p *pipeline) readGitHub(e Environment) error {
	p.repository, p.log = e.env("GITHUB_REPOSITORY"), e.runLog()
	p.branch, p.first = e.env("GITHUB_REF_NAME"), e.env("GITHUB_RUN_ATTEMPT") == "1"
	p.workflow, _, _ = strings.Cut(e.env("GITHUB_WORKFLOW_REF"), "@")
	if server := e.env("GITHUB_SERVER_URL"); server != "" && p.workflow != "" {
		p.runs = server + "/" + p.repository + "/actions/workflows/" + path.Base(p.workflow)
	}
	eventPath := e.env("GITHUB_EVENT_PATH")
	if eventPath == "" {
		return nil
	}
	var event struct {
		PullRequest struct {
			Number int
			Head   struct{ SHA string }
		} `json:"pull_request"`
	}
	file, err := os.Open(eventPath)
	if err == nil {
		defer file.Close()
		err = json.NewDecoder(io.LimitReader(file, maxEvent)).Decode(&event)
	}
	if err != nil {
		return fmt.Errorf("the event in GITHUB_EVENT_PATH cannot be read: %w", err)
	}
	p.number, p.commit = event.PullRequest.Number, event.PullRequest.Head.SHA
	return nil
}

// runLog returns the address of the log of this run in GitHub Actions or GitLab CI, or "".
func (e Environment) runLog() string {
	server, repository, run := e.env("GITHUB_SERVER_URL"), e.env("GITHUB_REPOSITORY"), e.env("GITHUB_RUN_ID")
	if server != "" && repository != "" && run != "" {
		return server + "/" + repository + "/actions/runs/" + run
	}
	return e.env("CI_JOB_URL")
}

func (p *pipeline) readGitLab(e Environment) error {
	// The pipeline of a fork runs in the fork's project, and its merge request is in another one.
	p.repository = cmp.Or(e.env("CI_MERGE_REQUEST_PROJECT_ID"), e.env("CI_PROJECT_ID"))
	p.log, p.branch = e.runLog(), e.env("CI_COMMIT_BRANCH")
	if project, _, ok := strings.Cut(p.log, "/-/jobs/"); ok {
		p.runs = project + "/-/pipelines"
	}
	iid := e.env("CI_MERGE_REQUEST_IID")
	if iid == "" {
		return nil
	}
	var err error
	if p.number, err = strconv.Atoi(iid); err != nil || p.number <= 0 {
		return fmt.Errorf("the environment variable CI_MERGE_REQUEST_IID cannot be %q", iid)
	}
	// In a pipeline for merged results, CI_COMMIT_SHA is the commit of the merge.
	p.commit = cmp.Or(e.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), e.env("CI_COMMIT_SHA"))
	return nil
}

// commitHash is the full hash of a commit.
var commitHash = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// connect returns the repository on its forge, with the token of the environment. It sends nothing.
func (p *pipeline) connect(f *Factory) (forge.Forge, func(), error) {
	c := forge.Config{
		Repository: p.repository, Secrets: f.secrets, UserAgent: "rolecall/" + f.Version.Release,
		Transport: f.Transport, Wait: f.Wait, Now: f.Now,
	}
	title, open := "GitHub", forge.NewGitHub
	hint := "In a workflow, give the step the token:\n  env:\n    GITHUB_TOKEN: ${{ github.token }}"
	if p.forge == "gitlab" {
		title, open = "GitLab", forge.NewGitLab
		c.Variable, c.Address = "GITLAB_TOKEN", "CI_API_V4_URL"
		c.Token, c.Base = f.Environ.env("GITLAB_TOKEN"), cmp.Or(f.Environ.env("CI_API_V4_URL"), forge.GitLabAPI)
		hint = "Create a project access token with the role Reporter and the scope api, and store it as the masked variable GITLAB_TOKEN. " +
			"CI_JOB_TOKEN cannot be used: GitLab does not let it write comments or issues."
	} else {
		c.Variable, c.Address = "GITHUB_TOKEN", "GITHUB_API_URL"
		c.Token, c.Base = f.Environ.env("GITHUB_TOKEN"), cmp.Or(f.Environ.env("GITHUB_API_URL"), forge.GitHubAPI)
	}
	if c.Token = strings.TrimSpace(c.Token); c.Token == "" {
		return nil, nil, withCode(exitCredentials, advise(hint, "no token for %s: the environment variable %s is empty", title, c.Variable))
	}
	f.secrets.Add(c.Token)
	idle := func() {}
	if c.Transport == nil {
		variable, err := findProxy(f.Environ, f.secrets)
		if err != nil {
			return nil, nil, err
		}
		own := rest.NewProxied(variable)
		c.Transport, idle = http.RoundTripper(own), own.CloseIdleConnections
	}
	forge, err := open(c)
	return forge, idle, err
}
