package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A Merged is a pull request that was merged.
type Merged struct {
	Number int
	Head   string    // its newest commit when it was merged
	At     time.Time // when it was merged
}

// maxMerged is how many pull requests one commit may belong to.
const maxMerged = 100

// checkMerged refuses a list of which more may follow.
func checkMerged(n int) error {
	if n >= maxMerged {
		return errors.New("the commit belongs to too many pull requests")
	}
	return nil
}

func (g *github) Newest(ctx context.Context, branch string) (string, error) {
	var out struct{ Commit struct{ SHA string } }
	err := g.do(ctx, rest.Call{
		Op: "read the branch", Path: g.repo + "/branches/" + url.PathEscape(branch),
		Validate: func() error { return checkCommit(out.Commit.SHA) },
	}, &out)
	return out.Commit.SHA, err
}

func (g *gitlab) Newest(ctx context.Context, branch string) (string, error) {
	var out struct{ Commit struct{ ID string } }
	err := g.do(ctx, rest.Call{
		Op: "read the branch", Path: g.project + "/repository/branches/" + url.PathEscape(branch),
		Validate: func() error { return checkCommit(out.Commit.ID) },
	}, &out)
	return out.Commit.ID, err
}

// checkCommit refuses an answer without a commit.
func checkCommit(hash string) error {
	if hash == "" {
		return errors.New("the answer does not have the newest commit")
	}
	return nil
}

func (g *github) MergedBy(ctx context.Context, commit string) ([]Merged, error) {
	var all []struct {
		Number         int
		MergeCommitSHA string     `json:"merge_commit_sha"`
		MergedAt       *time.Time `json:"merged_at"`
		Head           struct{ SHA string }
	}
	err := g.do(ctx, rest.Call{
		Op: "find the pull request of the commit", Path: g.repo + "/commits/" + commit + "/pulls", Query: query(),
		Validate: func() error { return errors.Join(rest.RequireList("", all), checkMerged(len(all))) },
	}, &all)
	var out []Merged
	for _, p := range all {
		if p.MergedAt != nil && strings.EqualFold(p.MergeCommitSHA, commit) {
			out = append(out, Merged{p.Number, p.Head.SHA, *p.MergedAt})
		}
	}
	return out, err
}

// EditedByOther asks the GraphQL API: the REST API does not say who edited a comment.
func (g *github) EditedByOther(ctx context.Context, comment Post) (bool, error) {
	type actor struct{ Login string }
	var out struct {
		Data struct {
			Node *struct{ Author, Editor *actor }
		}
		Errors []struct{ Message string }
	}
	err := g.graphql.do(ctx, rest.Call{
		Op: "find out who edited the comment", Method: http.MethodPost, Path: "/graphql", Idempotent: true,
		Body: map[string]any{
			"query":     "query($id: ID!) { node(id: $id) { ... on IssueComment { author { login } editor { login } } } }",
			"variables": map[string]string{"id": comment.Node},
		},
		Validate: func() error {
			switch {
			case len(out.Errors) > 0:
				return errors.New(out.Errors[0].Message)
			case out.Data.Node == nil || out.Data.Node.Author == nil:
				return errors.New("the answer does not have the comment")
			}
			return nil
		},
	}, &out)
	if err != nil {
		return false, err
	}
	n := out.Data.Node
	return n.Editor != nil && n.Editor.Login != n.Author.Login, nil
}

func (g *gitlab) MergedBy(ctx context.Context, commit string) ([]Merged, error) {
	var all []struct {
		IID             int
		State           string
		SHA             string     // of the branch
		MergeCommitSHA  string     `json:"merge_commit_sha"`  // empty without a merge commit
		SquashCommitSHA string     `json:"squash_commit_sha"` // empty if nothing was squashed
		MergedAt        *time.Time `json:"merged_at"`
	}
	err := g.do(ctx, rest.Call{
		Op: "find the merge request of the commit", Path: fmt.Sprint(g.project, "/repository/commits/", commit, "/merge_requests"), Query: query(),
		Validate: func() error { return errors.Join(rest.RequireList("", all), checkMerged(len(all))) },
	}, &all)
	var out []Merged
	for _, m := range all {
		last := m.SHA // of a merge that only moved the branch forward
		if m.SquashCommitSHA != "" {
			last = m.SquashCommitSHA
		}
		if m.MergeCommitSHA != "" {
			last = m.MergeCommitSHA
		}
		if m.State == "merged" && m.MergedAt != nil && strings.EqualFold(last, commit) {
			out = append(out, Merged{m.IID, m.SHA, *m.MergedAt})
		}
	}
	return out, err
}

// EditedByOther is always false: GitLab's API does not say who edited a note. Only maintainers of the
// project may edit the notes of others.
func (g *gitlab) EditedByOther(context.Context, Post) (bool, error) { return false, nil }
