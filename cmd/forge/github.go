package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// GitHubAPI is the address of the API of github.com.
const GitHubAPI = "https://api.github.com"

// perPage is the largest page of both forges.
const perPage = "100"

// github is a repository on github.com or GitHub Enterprise Server. The endpoints are those of the REST API,
// version 2022-11-28; whose token it is, only the GraphQL API says for all sorts of tokens.
type github struct {
	connection
	graphql connection
	repo    string // path
}

// NewGitHub connects to a repository on GitHub. It sends nothing.
func NewGitHub(c Config) (Forge, error) {
	owner, name, ok := strings.Cut(c.Repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("the repository cannot be %q: it is OWNER/NAME", c.Repository)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	secret := http.Header{"Authorization": {"Bearer " + c.Token}}
	public := http.Header{"Accept": {"application/vnd.github+json"}, "X-Github-Api-Version": {"2022-11-28"}}
	base := strings.TrimRight(c.Base, "/")
	return &github{
		connection: connection{c.client("GitHub", base, secret, public), c.gitHubHint},
		// Enterprise Server has /api/v3 and /api/graphql.
		graphql: connection{c.client("GitHub", strings.TrimSuffix(base, "/v3"), secret, public), c.gitHubHint},
		repo:    "/repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name),
	}, nil
}

// gitHubHint is the advice on an error.
func (c *Config) gitHubHint(e *provider.Error) string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return c.Variable + " was not accepted: it may be expired, revoked or meant for another server."
	case e.Status == http.StatusForbidden && e.Method == http.MethodGet:
		return "The token in " + c.Variable + " may not read this. In a workflow, give the job these permissions: contents: read, pull-requests: read (for ci digest) or write (for comments), issues: write (for issues)."
	case e.Status == http.StatusForbidden && strings.Contains(e.Reason, "locked"):
		return "The conversation is locked, so only some people may write. Unlock it, or leave out the comment."
	case e.Status == http.StatusForbidden:
		return "The token in " + c.Variable + " may not write this. In a workflow, give the job the permission pull-requests: write (for comments) or issues: write (for issues). " +
			"A workflow for a pull request from a fork gets a token that only reads: show the plan in the job's summary there."
	case e.Status == http.StatusNotFound:
		return "The token in " + c.Variable + " does not see it: check the repository " + c.Repository + ", the number of the pull request, and the permissions of the token."
	case e.Status == http.StatusGone:
		return "Issues are disabled in " + c.Repository + ". Enable them in its settings, or use rolecall drift --format markdown in another way."
	case e.Status >= 300 && e.Status < 400:
		return "The repository was renamed or moved. Name it as it is called now, with --repository."
	case e.Status == 0 || e.Status < 300:
		return "Check the network and the proxy of this machine, and the address in " + c.Address + "."
	}
	return ""
}

type gitHubUser struct{ ID int64 }

type gitHubComment struct {
	ID      int64
	User    *gitHubUser // nil if the account was deleted
	Body    string
	HTMLURL string    `json:"html_url"`
	Node    string    `json:"node_id"`
	Updated time.Time `json:"updated_at"`
}

type gitHubIssue struct {
	Number      int64
	User        *gitHubUser
	Title       string
	Body        string
	State       string
	HTMLURL     string    `json:"html_url"`
	PullRequest *struct{} `json:"pull_request"` // lists of issues have pull requests too
}

func authorOf(u *gitHubUser) int64 {
	if u == nil {
		return 0
	}
	return u.ID
}

func (g *github) Account(ctx context.Context) (int64, error) {
	var out struct {
		Data   struct{ Viewer struct{ DatabaseID int64 } }
		Errors []struct{ Message string }
	}
	err := g.graphql.do(ctx, rest.Call{
		Op: "find out whose token it is", Method: http.MethodPost, Path: "/graphql", Idempotent: true,
		Body: map[string]string{"query": "query { viewer { databaseId } }"},
		Validate: func() error {
			switch {
			case len(out.Errors) > 0:
				return errors.New(out.Errors[0].Message)
			case out.Data.Viewer.DatabaseID <= 0:
				return errors.New("the answer does not say whose token it is")
			}
			return nil
		},
	}, &out)
	return out.Data.Viewer.DatabaseID, err
}

func (g *github) Public(ctx context.Context) (bool, error) {
	var out struct {
		Private    bool
		Visibility string // older servers leave it out
	}
	err := g.do(ctx, rest.Call{Op: "read the repository", Path: g.repo}, &out)
	if refused(err) {
		return true, nil
	}
	return !out.Private && out.Visibility != "internal", err
}

func (g *github) Head(ctx context.Context, number int) (string, error) {
	var out struct{ Head struct{ SHA string } }
	err := g.do(ctx, rest.Call{Op: "read the pull request", Path: g.repo + "/pulls/" + strconv.Itoa(number), Validate: func() error {
		if out.Head.SHA == "" {
			return errors.New("the answer does not name the newest commit")
		}
		return nil
	}}, &out)
	return out.Head.SHA, err
}

func (g *github) Comments(ctx context.Context, number int) ([]Post, error) {
	all, err := pages(ctx, g.connection, "list the comments", g.comments(int64(number)), url.Values{"per_page": {perPage}}, g.next,
		func(c *gitHubComment) int64 { return c.ID })
	out := make([]Post, len(all))
	for i, c := range all {
		out[i] = Post{ID: c.ID, Author: authorOf(c.User), Body: c.Body, URL: c.HTMLURL, Updated: c.Updated, Node: c.Node}
	}
	return oldestFirst(out), err
}

func (g *github) comments(issue int64) string {
	return fmt.Sprint(g.repo, "/issues/", issue, "/comments")
}

func (g *github) AddComment(ctx context.Context, number int, body string) error {
	return g.do(ctx, rest.Call{Op: "create the comment", Method: http.MethodPost, Path: g.comments(int64(number)), Body: map[string]string{"body": body}}, nil)
}

func (g *github) EditComment(ctx context.Context, _ int, id int64, body string) error {
	return g.do(ctx, rest.Call{
		Op: "update the comment", Method: http.MethodPatch, Path: fmt.Sprint(g.repo, "/issues/comments/", id),
		Body: map[string]string{"body": body}, Idempotent: true,
	}, nil)
}

func (g *github) DeleteComment(ctx context.Context, _ int, id int64) error {
	return gone(g.do(ctx, rest.Call{
		Op: "delete the comment", Method: http.MethodDelete, Path: fmt.Sprint(g.repo, "/issues/comments/", id),
		Idempotent: true, AllowEmpty: true, NotFoundIsGone: true,
	}, nil))
}

func (g *github) OpenIssues(ctx context.Context) ([]Post, error) {
	all, err := pages(ctx, g.connection, "list the open issues", g.repo+"/issues",
		url.Values{"state": {"open"}, "sort": {"created"}, "direction": {"asc"}, "per_page": {perPage}}, g.next,
		func(i *gitHubIssue) int64 { return i.Number })
	return gitHubIssues(all), err
}

func (g *github) ClosedIssues(ctx context.Context) ([]Post, error) {
	var all []gitHubIssue
	err := g.do(ctx, rest.Call{
		Op: "list the closed issues", Path: g.repo + "/issues",
		Query:    url.Values{"state": {"closed"}, "sort": {"updated"}, "direction": {"desc"}, "per_page": {perPage}},
		Validate: func() error { return rest.RequireList("", all) },
	}, &all)
	return gitHubIssues(all), err
}

func gitHubIssues(all []gitHubIssue) []Post {
	var out []Post
	for _, i := range all {
		if i.PullRequest == nil {
			out = append(out, Post{ID: i.Number, Author: authorOf(i.User), Title: i.Title, Body: i.Body, Closed: i.State == "closed", URL: i.HTMLURL})
		}
	}
	return oldestFirst(out)
}

func (g *github) AddIssue(ctx context.Context, title, body string) error {
	return g.do(ctx, rest.Call{Op: "create the issue", Method: http.MethodPost, Path: g.repo + "/issues", Body: map[string]string{"title": title, "body": body}}, nil)
}

func (g *github) EditIssue(ctx context.Context, issue Post) error {
	state := "open"
	if issue.Closed {
		state = "closed"
	}
	return g.do(ctx, rest.Call{
		Op: "update the issue", Method: http.MethodPatch, Path: fmt.Sprint(g.repo, "/issues/", issue.ID), Idempotent: true,
		Body: map[string]string{"title": issue.Title, "body": issue.Body, "state": state},
	}, nil)
}

func (g *github) CommentIssue(ctx context.Context, number int64, body string) error {
	return g.do(ctx, rest.Call{Op: "comment on the issue", Method: http.MethodPost, Path: g.comments(number), Body: map[string]string{"body": body}}, nil)
}

// nextLink is the link to the next page in the header Link.
var nextLink = regexp.MustCompile(`<([^<>]*)>\s*;\s*rel="?next"?`)

// next returns the query of the next page. The path of the link may name the repository by its id, so only
// its query is used: the request goes to the same endpoint.
func (g *github) next(h http.Header) (url.Values, error) {
	link := nextLink.FindStringSubmatch(strings.Join(h.Values("Link"), ","))
	if link == nil {
		return nil, nil
	}
	u, err := url.Parse(link[1])
	if err != nil || u.RawQuery == "" {
		return nil, errors.New("the link to the next page is not one")
	}
	return u.Query(), nil
}

// oldestFirst sorts posts by number. Both forges count upwards.
func oldestFirst(posts []Post) []Post {
	slices.SortFunc(posts, func(a, b Post) int { return cmp.Compare(a.ID, b.ID) })
	return posts
}

// gone leaves out the error of deleting what does not exist.
func gone(err error) error {
	if errors.Is(err, provider.ErrNotFound) {
		return nil
	}
	return err
}
