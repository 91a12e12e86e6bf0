package forgetest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Push gives the pull request a new commit.
func (s *Server) Push(commit string) error {
	return s.Do(func() error { s.Head = commit; return nil })
}

// Merge merges the pull request, so that the commit is the newest of the branch.
func (s *Server) Merge(commit string) error {
	return s.Do(func() error { s.merged, s.Main, s.mergedAt = commit, commit, s.store.Next("update"); return nil })
}

// Advance moves the branch to another commit.
func (s *Server) Advance(commit string) error {
	return s.Do(func() error { s.Main = commit; return nil })
}

// branch answers with the newest commit of the branch, under the name that the forge has for a hash.
func (s *Server) branch(c *call, hash, missing string) (int, any, error) {
	if c.r.PathValue("branch") != "main" || s.Main == "" {
		return 0, nil, refuse(http.StatusNotFound, missing)
	}
	return http.StatusOK, map[string]any{"name": "main", "commit": map[string]string{hash: s.Main}}, nil
}

// EditComment changes a comment, as if the account had done it.
func (s *Server) EditComment(editor, id int64, body string) error {
	return s.Do(func() error {
		p := s.comments.Find(fmt.Sprint(id))
		if p == nil {
			return fmt.Errorf("there is no comment %d", id)
		}
		changed := *p
		changed.Body, changed.Editor = body, editor
		s.change(s.comments, changed)
		return nil
	})
}

// at returns the time of a change, which are a second apart.
func at(update int) string {
	return time.Date(2026, 11, 2, 9, 0, update, 0, time.UTC).Format(time.RFC3339)
}

// mergedGitHub lists the pull requests of a commit: also those that are open or have it in their branch.
func (s *Server) mergedGitHub(c *call) (int, any, error) {
	commit := c.r.PathValue("sha")
	if commit != s.merged && commit != s.Head {
		return http.StatusOK, []any{}, nil
	}
	pull := map[string]any{"number": PullRequest, "state": "open", "merged_at": nil, "merge_commit_sha": strings.Repeat("e", 40), "head": map[string]string{"sha": s.Head}}
	if s.merged != "" {
		pull["state"], pull["merged_at"], pull["merge_commit_sha"] = "closed", at(s.mergedAt), s.merged
	}
	return http.StatusOK, []any{pull}, nil
}

func (s *Server) mergedGitLab(c *call) (int, any, error) {
	commit := c.r.PathValue("sha")
	if commit != s.merged && commit != s.Head {
		return http.StatusOK, []any{}, nil
	}
	request := map[string]any{"iid": PullRequest, "state": "opened", "merged_at": nil, "sha": s.Head, "merge_commit_sha": nil, "squash_commit_sha": nil}
	if s.merged != "" {
		request["state"], request["merged_at"] = "merged", at(s.mergedAt)
		if s.merged != s.Head { // not merged by moving the branch forward
			request["merge_commit_sha"] = s.merged
		}
	}
	return http.StatusOK, []any{request}, nil
}

// graphQL answers the two queries of package forge.
func (s *Server) graphQL(c *call) (int, any, error) {
	if !strings.Contains(c.text("query"), "node(") {
		return http.StatusOK, map[string]any{"data": map[string]any{"viewer": map[string]any{"databaseId": c.account.ID}}}, nil
	}
	id, _ := strings.CutPrefix(c.variable("id"), "comment-")
	p := s.comments.Find(id)
	if p == nil {
		return http.StatusOK, map[string]any{"data": map[string]any{"node": nil}, "errors": []any{map[string]any{"message": "Could not resolve to a node"}}}, nil
	}
	node := map[string]any{"author": map[string]any{"login": s.Login(p.Author)}, "editor": nil}
	if p.Editor != 0 {
		node["editor"] = map[string]any{"login": s.Login(p.Editor)}
	}
	return http.StatusOK, map[string]any{"data": map[string]any{"node": node}}, nil
}
