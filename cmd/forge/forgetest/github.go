package forgetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const gitHubLimit = 65536 // characters of a body

func (s *Server) gitHubRoutes() {
	const repo = "/repos/" + Repository
	for _, path := range []string{"/graphql", "/api/graphql"} {
		s.handle("POST "+path, s.graphQL)
	}
	s.handle("GET "+repo, func(*call) (int, any, error) {
		return http.StatusOK, map[string]any{"full_name": Repository, "private": s.Visibility != "public", "visibility": s.Visibility}, nil
	})
	s.handle("GET "+repo+"/pulls/{number}", func(c *call) (int, any, error) {
		if c.number("number") != PullRequest {
			return 0, nil, refuse(http.StatusNotFound, "Not Found")
		}
		return http.StatusOK, map[string]any{"number": PullRequest, "locked": s.Locked, "head": map[string]string{"sha": s.Head}}, nil
	})
	s.handle("GET "+repo+"/branches/{branch}", func(c *call) (int, any, error) { return s.branch(c, "sha", "Branch not found") })
	s.handle("GET "+repo+"/commits/{sha}/pulls", s.mergedGitHub)
	s.handle("GET "+repo+"/issues/{number}/comments", s.listGitHubComments)
	s.handle("POST "+repo+"/issues/{number}/comments", s.addGitHubComment)
	s.handle("PATCH "+repo+"/issues/comments/{id}", func(c *call) (int, any, error) {
		p, err := s.ownComment(c)
		if err == nil {
			err = gitHubBody(c)
		}
		if err != nil {
			return 0, nil, err
		}
		p.Body, p.Editor = c.text("body"), c.account.ID
		return http.StatusOK, s.gitHubComment(s.change(s.comments, p)), nil
	})
	s.handle("DELETE "+repo+"/issues/comments/{id}", func(c *call) (int, any, error) {
		p, err := s.ownComment(c)
		if err != nil {
			return 0, nil, err
		}
		s.comments.Delete(strconv.FormatInt(p.ID, 10))
		return http.StatusNoContent, nil, nil
	})
	s.handle("GET "+repo+"/issues", s.listGitHubIssues)
	s.handle("POST "+repo+"/issues", func(c *call) (int, any, error) {
		if err := s.mayWriteIssues(c); err != nil {
			return 0, nil, err
		}
		if err := gitHubBody(c); err != nil {
			return 0, nil, err
		}
		return http.StatusCreated, s.gitHubIssue(s.add(s.issues, Post{Author: c.account.ID, Title: c.text("title"), Body: c.text("body")})), nil
	})
	s.handle("PATCH "+repo+"/issues/{number}", s.editGitHubIssue)
}

// gitHubBody refuses a body that is too long, or empty.
func gitHubBody(c *call) error {
	problem := ""
	switch body := c.text("body"); {
	case tooLong(body, gitHubLimit):
		problem = "Body is too long (maximum is 65536 characters)"
	case strings.TrimSpace(body) == "":
		problem = "Body can't be blank"
	default:
		return nil
	}
	return &refusal{http.StatusUnprocessableEntity, map[string]any{
		"message": "Validation Failed", "errors": []map[string]string{{"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": problem}},
	}}
}

func (s *Server) gitHubComment(p *Post) map[string]any {
	return map[string]any{
		"id": p.ID, "node_id": fmt.Sprint("comment-", p.ID), "updated_at": at(p.Updated), "body": p.Body, "user": map[string]any{"id": p.Author, "login": s.Login(p.Author)},
		"html_url": fmt.Sprintf("https://github.example/%s/pull/%d#issuecomment-%d", Repository, p.On, p.ID),
	}
}

func (s *Server) listGitHubComments(c *call) (int, any, error) {
	on := c.number("number")
	if on != PullRequest && s.issues.Find(strconv.FormatInt(on, 10)) == nil {
		return 0, nil, refuse(http.StatusNotFound, "Not Found")
	}
	var all []Post
	for _, p := range s.comments.All() {
		if p.On == on {
			all = append(all, *p)
		}
	}
	list, next := c.page(all, 30)
	c.link(next)
	out := make([]any, len(list))
	for i := range list {
		out[i] = s.gitHubComment(&list[i])
	}
	return http.StatusOK, out, nil
}

// link writes the header Link, with the id of the repository in the path as GitHub does.
func (c *call) link(next int) {
	if next == 0 {
		return
	}
	u := *c.r.URL
	q := u.Query()
	q.Set("page", strconv.Itoa(next))
	_, rest, _ := strings.Cut(u.Path, Repository)
	c.w.Header().Set("Link", fmt.Sprintf(`<https://github.example/repositories/1%s?page=1>; rel="first", <https://github.example/repositories/1%[1]s?%s>; rel="next"`, rest, q.Encode()))
}

func (s *Server) addGitHubComment(c *call) (int, any, error) {
	on := c.number("number")
	switch {
	case on != PullRequest && s.issues.Find(strconv.FormatInt(on, 10)) == nil:
		return 0, nil, refuse(http.StatusNotFound, "Not Found")
	case on == PullRequest && !c.account.Comments, on != PullRequest && !c.account.Issues:
		return 0, nil, refuse(http.StatusForbidden, "Resource not accessible by integration")
	case on == PullRequest && s.Locked && !c.account.Member:
		return 0, nil, refuse(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	if err := gitHubBody(c); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, s.gitHubComment(s.add(s.comments, Post{On: on, Author: c.account.ID, Body: c.text("body")})), nil
}

// ownComment finds the comment in the path, if it is the account's own.
func (s *Server) ownComment(c *call) (Post, error) {
	p := s.comments.Find(c.r.PathValue("id"))
	switch {
	case p == nil:
		return Post{}, refuse(http.StatusNotFound, "Not Found")
	case p.Author != c.account.ID || !c.account.Comments:
		return Post{}, refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	return *p, nil
}

func (s *Server) gitHubIssue(p *Post) map[string]any {
	state := "open"
	if p.Closed {
		state = "closed"
	}
	out := map[string]any{
		"number": p.ID, "title": p.Title, "body": p.Body, "state": state, "user": map[string]any{"id": p.Author, "login": s.Login(p.Author)},
		"html_url": fmt.Sprintf("https://github.example/%s/issues/%d", Repository, p.ID),
	}
	if p.Pull {
		out["pull_request"] = map[string]any{}
	}
	return out
}

func (s *Server) listGitHubIssues(c *call) (int, any, error) {
	if s.NoIssues {
		return 0, nil, refuse(http.StatusGone, "Issues has been disabled in this repository.")
	}
	list, next := c.page(s.selected(c, "open", "updated"), 30)
	c.link(next)
	out := make([]any, len(list))
	for i := range list {
		out[i] = s.gitHubIssue(&list[i])
	}
	return http.StatusOK, out, nil
}

func (s *Server) mayWriteIssues(c *call) error {
	switch {
	case s.NoIssues && !s.gitlab:
		return refuse(http.StatusGone, "Issues has been disabled in this repository.")
	case s.NoIssues || !c.account.Issues:
		return refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	return nil
}

func (s *Server) editGitHubIssue(c *call) (int, any, error) {
	p := s.issues.Find(c.r.PathValue("number"))
	if p == nil {
		return 0, nil, refuse(http.StatusNotFound, "Not Found")
	}
	if err := s.mayWriteIssues(c); err != nil {
		return 0, nil, err
	}
	if err := gitHubBody(c); err != nil {
		return 0, nil, err
	}
	changed := *p
	changed.Title, changed.Body, changed.Closed = c.text("title"), c.text("body"), c.text("state") == "closed"
	return http.StatusOK, s.gitHubIssue(s.change(s.issues, changed)), nil
}
