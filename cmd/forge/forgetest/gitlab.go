package forgetest

import (
	"fmt"
	"net/http"
	"strconv"
)

const (
	noteLimit        = 1_000_000 // characters of a note
	descriptionLimit = 1_048_576 // characters of the description of an issue
)

func (s *Server) gitLabRoutes() {
	const project = "/projects/{project}"
	known := func(answer func(*call) (int, any, error)) func(*call) (int, any, error) {
		return func(c *call) (int, any, error) {
			if p := c.r.PathValue("project"); p != strconv.Itoa(Project) && p != Repository {
				return 0, nil, refuse(http.StatusNotFound, "404 Project Not Found")
			}
			return answer(c)
		}
	}
	notes := project + "/merge_requests/" + strconv.Itoa(PullRequest) + "/notes"
	s.handle("GET /user", func(c *call) (int, any, error) {
		return http.StatusOK, map[string]any{"id": c.account.ID, "username": c.account.Login}, nil
	})
	s.handle("GET "+project, known(func(*call) (int, any, error) {
		return http.StatusOK, map[string]any{"id": Project, "visibility": s.Visibility}, nil
	}))
	s.handle("GET "+project+"/merge_requests/{iid}", known(func(c *call) (int, any, error) {
		if c.number("iid") != PullRequest {
			return 0, nil, refuse(http.StatusNotFound, "404 Not found")
		}
		return http.StatusOK, map[string]any{"iid": PullRequest, "sha": s.Head, "discussion_locked": s.Locked}, nil
	}))
	s.handle("GET "+project+"/repository/branches/{branch}", known(func(c *call) (int, any, error) { return s.branch(c, "id", "404 Branch Not Found") }))
	s.handle("GET "+project+"/repository/commits/{sha}/merge_requests", known(s.mergedGitLab))
	s.handle("GET "+notes, known(s.listNotes))
	s.handle("POST "+notes, known(func(c *call) (int, any, error) { return s.addNote(c, PullRequest) }))
	s.handle("PUT "+notes+"/{id}", known(func(c *call) (int, any, error) {
		p, err := s.ownNote(c)
		if err == nil {
			err = gitLabText(c, "body", noteLimit)
		}
		if err != nil {
			return 0, nil, err
		}
		p.Body = c.text("body")
		return http.StatusOK, s.note(s.change(s.comments, p)), nil
	}))
	s.handle("DELETE "+notes+"/{id}", known(func(c *call) (int, any, error) {
		p, err := s.ownNote(c)
		if err != nil {
			return 0, nil, err
		}
		s.comments.Delete(strconv.FormatInt(p.ID, 10))
		return http.StatusNoContent, nil, nil
	}))
	s.handle("GET "+project+"/issues", known(s.listGitLabIssues))
	s.handle("POST "+project+"/issues", known(func(c *call) (int, any, error) {
		if err := s.mayWriteIssues(c); err != nil {
			return 0, nil, refuse(http.StatusForbidden, "403 Forbidden")
		}
		if err := gitLabText(c, "description", descriptionLimit); err != nil {
			return 0, nil, err
		}
		return http.StatusCreated, s.gitLabIssue(s.add(s.issues, Post{Author: c.account.ID, Title: c.text("title"), Body: c.text("description")})), nil
	}))
	s.handle("PUT "+project+"/issues/{iid}", known(s.editGitLabIssue))
	s.handle("POST "+project+"/issues/{iid}/notes", known(func(c *call) (int, any, error) { return s.addNote(c, c.number("iid")) }))
}

// gitLabText refuses a text that is too long or empty.
func gitLabText(c *call, field string, most int) error {
	switch text := c.text(field); {
	case tooLong(text, most):
		return refuse(http.StatusBadRequest, map[string]any{field: []string{fmt.Sprintf("is too long (maximum is %d characters)", most)}})
	case text == "":
		return &refusal{http.StatusBadRequest, map[string]string{"error": field + " is missing"}}
	}
	return nil
}

func (s *Server) note(p *Post) map[string]any {
	return map[string]any{"id": p.ID, "updated_at": at(p.Updated), "body": p.Body, "system": p.System, "author": map[string]any{"id": p.Author, "username": s.Login(p.Author)}}
}

func (s *Server) listNotes(c *call) (int, any, error) {
	all := []Post{{ID: 1, System: true, Author: 99, Body: "changed the description"}}
	for _, p := range s.comments.All() {
		if p.On == PullRequest {
			all = append(all, *p)
		}
	}
	list, next := c.page(all, 20)
	c.nextPage(next)
	out := make([]any, len(list))
	for i := range list {
		out[i] = s.note(&list[i])
	}
	return http.StatusOK, out, nil
}

// nextPage writes the header X-Next-Page, which is empty on the last page.
func (c *call) nextPage(next int) {
	value := ""
	if next > 0 {
		value = strconv.Itoa(next)
	}
	c.w.Header().Set("X-Next-Page", value)
}

func (s *Server) addNote(c *call, on int64) (int, any, error) {
	switch {
	case on != PullRequest && s.issues.Find(strconv.FormatInt(on, 10)) == nil:
		return 0, nil, refuse(http.StatusNotFound, "404 Not found")
	case on == PullRequest && !c.account.Comments, on != PullRequest && !c.account.Issues, on == PullRequest && s.Locked && !c.account.Member:
		return 0, nil, refuse(http.StatusForbidden, "403 Forbidden")
	}
	if err := gitLabText(c, "body", noteLimit); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, s.note(s.add(s.comments, Post{On: on, Author: c.account.ID, Body: c.text("body")})), nil
}

func (s *Server) ownNote(c *call) (Post, error) {
	p := s.comments.Find(c.r.PathValue("id"))
	switch {
	case p == nil:
		return Post{}, refuse(http.StatusNotFound, "404 Note Not Found")
	case p.Author != c.account.ID || !c.account.Comments:
		return Post{}, refuse(http.StatusForbidden, "403 Forbidden")
	}
	return *p, nil
}

func (s *Server) gitLabIssue(p *Post) map[string]any {
	state := "opened"
	if p.Closed {
		state = "closed"
	}
	return map[string]any{
		"iid": p.ID, "title": p.Title, "description": p.Body, "state": state, "author": map[string]any{"id": p.Author, "username": s.Login(p.Author)},
		"web_url": fmt.Sprintf("https://gitlab.example/%s/-/issues/%d", Repository, p.ID),
	}
}

func (s *Server) listGitLabIssues(c *call) (int, any, error) {
	list, next := c.page(s.selected(c, "opened", "updated_at"), 20)
	c.nextPage(next)
	out := make([]any, len(list))
	for i := range list {
		out[i] = s.gitLabIssue(&list[i])
	}
	return http.StatusOK, out, nil
}

func (s *Server) editGitLabIssue(c *call) (int, any, error) {
	p := s.issues.Find(c.r.PathValue("iid"))
	if p == nil {
		return 0, nil, refuse(http.StatusNotFound, "404 Not found")
	}
	if err := s.mayWriteIssues(c); err != nil {
		return 0, nil, refuse(http.StatusForbidden, "403 Forbidden")
	}
	if err := gitLabText(c, "description", descriptionLimit); err != nil {
		return 0, nil, err
	}
	changed := *p
	changed.Title, changed.Body = c.text("title"), c.text("description")
	switch c.text("state_event") {
	case "close":
		changed.Closed = true
	case "reopen":
		changed.Closed = false
	}
	return http.StatusOK, s.gitLabIssue(s.change(s.issues, changed)), nil
}
