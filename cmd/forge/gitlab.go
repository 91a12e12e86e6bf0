package forge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// GitLabAPI is the address of the API of gitlab.com.
const GitLabAPI = "https://gitlab.com/api/v4"

// gitlab is a project on gitlab.com or another GitLab server, with the REST API, version 4.
type gitlab struct {
	connection
	project string // path
}

// NewGitLab connects to a project on GitLab with a personal, project or group access token. It sends nothing.
func NewGitLab(c Config) (Forge, error) {
	if c.Repository == "" {
		return nil, errors.New("the project is missing: it is an id, or a path such as group/name")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return &gitlab{
		connection: connection{c.client("GitLab", c.Base, http.Header{"Private-Token": {c.Token}}, nil), c.gitLabHint},
		project:    "/projects/" + url.PathEscape(c.Repository),
	}, nil
}

// gitLabHint is the advice on an error.
func (c *Config) gitLabHint(e *provider.Error) string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return c.Variable + " was not accepted: it may be expired, revoked or meant for another server."
	case e.Status == http.StatusForbidden:
		return "The token in " + c.Variable + " has too few rights. It needs the scope api, and the role Reporter or a higher one in the project. " +
			"If the discussion is locked, only members of the project may write."
	case e.Status == http.StatusNotFound:
		return "The token in " + c.Variable + " does not see it: check the project " + c.Repository + ", the number of the merge request, and whether the project has issues enabled."
	case e.Status >= 300 && e.Status < 400:
		return "The project was renamed or moved. Name it as it is called now, with --repository."
	case e.Status == 0 || e.Status < 300:
		return "Check the network and the proxy of this machine, and the address in " + c.Address + "."
	}
	return ""
}

type gitLabUser struct{ ID int64 }

type gitLabNote struct {
	ID      int64
	Author  gitLabUser
	Body    string
	System  bool      // written by GitLab
	Updated time.Time `json:"updated_at"`
}

type gitLabIssue struct {
	IID         int64
	Author      gitLabUser
	Title       string
	Description string
	State       string
	WebURL      string `json:"web_url"`
}

func (g *gitlab) Account(ctx context.Context) (int64, error) {
	var out gitLabUser
	err := g.do(ctx, rest.Call{Op: "find out whose token it is", Path: "/user", Validate: func() error {
		if out.ID <= 0 {
			return errors.New("the answer does not say whose token it is")
		}
		return nil
	}}, &out)
	return out.ID, err
}

// Public is also true for internal projects, which everybody with an account on the server may read.
func (g *gitlab) Public(ctx context.Context) (bool, error) {
	var out struct{ Visibility string }
	err := g.do(ctx, rest.Call{Op: "read the project", Path: g.project}, &out)
	if refused(err) {
		return true, nil
	}
	return out.Visibility != "private", err
}

func (g *gitlab) Head(ctx context.Context, number int) (string, error) {
	var out struct{ SHA string }
	err := g.do(ctx, rest.Call{Op: "read the merge request", Path: fmt.Sprint(g.project, "/merge_requests/", number), Validate: func() error {
		if out.SHA == "" {
			return errors.New("the answer does not name the newest commit")
		}
		return nil
	}}, &out)
	return out.SHA, err
}

func (g *gitlab) notes(number int) string {
	return fmt.Sprint(g.project, "/merge_requests/", number, "/notes")
}

func (g *gitlab) Comments(ctx context.Context, number int) ([]Post, error) {
	q := query("sort", "asc", "order_by", "created_at")
	all, err := pages(ctx, g.connection, "list the notes", g.notes(number), q, nextPage(q), func(n *gitLabNote) int64 { return n.ID })
	var out []Post
	for _, n := range all {
		if !n.System {
			out = append(out, Post{ID: n.ID, Author: n.Author.ID, Body: n.Body, Updated: n.Updated})
		}
	}
	return oldestFirst(out), err
}

func (g *gitlab) AddComment(ctx context.Context, number int, body string) error {
	return g.do(ctx, rest.Call{Op: "create the note", Method: http.MethodPost, Path: g.notes(number), Body: map[string]string{"body": body}}, nil)
}

func (g *gitlab) EditComment(ctx context.Context, number int, id int64, body string) error {
	return g.do(ctx, rest.Call{
		Op: "update the note", Method: http.MethodPut, Path: fmt.Sprint(g.notes(number), "/", id),
		Body: map[string]string{"body": body}, Idempotent: true,
	}, nil)
}

func (g *gitlab) DeleteComment(ctx context.Context, number int, id int64) error {
	return gone(g.do(ctx, rest.Call{
		Op: "delete the note", Method: http.MethodDelete, Path: fmt.Sprint(g.notes(number), "/", id),
		Idempotent: true, AllowEmpty: true, NotFoundIsGone: true,
	}, nil))
}

func (g *gitlab) OpenIssues(ctx context.Context) ([]Post, error) {
	q := query("state", "opened", "order_by", "created_at", "sort", "asc")
	all, err := pages(ctx, g.connection, "list the open issues", g.project+"/issues", q, nextPage(q), func(i *gitLabIssue) int64 { return i.IID })
	return gitLabIssues(all), err
}

func (g *gitlab) ClosedIssues(ctx context.Context) ([]Post, error) {
	var all []gitLabIssue
	err := g.do(ctx, rest.Call{
		Op: "list the closed issues", Path: g.project + "/issues", Query: query("state", "closed", "order_by", "updated_at", "sort", "desc"),
		Validate: func() error { return rest.RequireList("", all) },
	}, &all)
	return gitLabIssues(all), err
}

func gitLabIssues(all []gitLabIssue) []Post {
	out := make([]Post, len(all))
	for i, x := range all {
		out[i] = Post{ID: x.IID, Author: x.Author.ID, Title: x.Title, Body: x.Description, Closed: x.State == "closed", URL: x.WebURL}
	}
	return oldestFirst(out)
}

func (g *gitlab) AddIssue(ctx context.Context, title, body string) error {
	return g.do(ctx, rest.Call{Op: "create the issue", Method: http.MethodPost, Path: g.project + "/issues", Body: map[string]string{"title": title, "description": body}}, nil)
}

func (g *gitlab) EditIssue(ctx context.Context, issue Post) error {
	event := "reopen"
	if issue.Closed {
		event = "close"
	}
	return g.do(ctx, rest.Call{
		Op: "update the issue", Method: http.MethodPut, Path: fmt.Sprint(g.project, "/issues/", issue.ID), Idempotent: true,
		Body: map[string]string{"title": issue.Title, "description": issue.Body, "state_event": event},
	}, nil)
}

func (g *gitlab) CommentIssue(ctx context.Context, number int64, body string) error {
	return g.do(ctx, rest.Call{
		Op: "comment on the issue", Method: http.MethodPost, Path: fmt.Sprint(g.project, "/issues/", number, "/notes"), Body: map[string]string{"body": body},
	}, nil)
}

// query returns the query of a list, of the largest pages.
func query(pairs ...string) url.Values {
	q := url.Values{"per_page": {perPage}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// nextPage returns the query of the next page, whose number is in a header.
func nextPage(q url.Values) func(http.Header) (url.Values, error) {
	return func(h http.Header) (url.Values, error) {
		page := h.Get("X-Next-Page")
		if page == "" {
			return nil, nil
		}
		next := maps.Clone(q)
		next.Set("page", page)
		return next, nil
	}
}
