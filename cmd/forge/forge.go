// Package forge keeps comments of pull requests and issues on GitHub and GitLab up to date. A post is
// found by the marker in its first line and by its author, changed in place, and not touched while
// it is as it should be.
package forge

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Forge is one repository on GitHub or GitLab, as one token sees it. A pull request is a merge
// request on GitLab.
type Forge interface {
	// Account returns the id of the account that the token belongs to, and that is the author of
	// what it posts.
	Account(ctx context.Context) (int64, error)
	// Public reports whether people may read the repository whom nobody gave access to it. It is
	// also true if the token may not know.
	Public(ctx context.Context) (bool, error)
	// Head returns the hash of the newest commit of a pull request.
	Head(ctx context.Context, number int) (string, error)

	// Newest returns the hash of the newest commit of a branch.
	Newest(ctx context.Context, branch string) (string, error)
	// MergedBy returns the pull requests that were merged with a commit, which is then the newest of
	// the branch that they were merged into.
	MergedBy(ctx context.Context, commit string) ([]Merged, error)

	// Comments lists the comments of a pull request, the oldest first.
	Comments(ctx context.Context, number int) ([]Post, error)
	AddComment(ctx context.Context, number int, body string) error
	EditComment(ctx context.Context, number int, id int64, body string) error
	DeleteComment(ctx context.Context, number int, id int64) error
	// EditedByOther reports whether the last edit of a comment was not made by its author.
	EditedByOther(ctx context.Context, comment Post) (bool, error)

	// OpenIssues lists all open issues, the oldest first.
	OpenIssues(ctx context.Context) ([]Post, error)
	// ClosedIssues lists the closed issues that changed last, at most 100, the oldest first.
	ClosedIssues(ctx context.Context) ([]Post, error)
	AddIssue(ctx context.Context, title, body string) error
	// EditIssue sets title, body and state of an issue.
	EditIssue(ctx context.Context, issue Post) error
	// CommentIssue adds a comment to an issue.
	CommentIssue(ctx context.Context, number int64, body string) error
}

// A Post is a comment or an issue.
type Post struct {
	ID     int64 // of a comment; of an issue its number
	Author int64 // id of the account; 0 if it does not exist any more
	Title  string
	Body   string
	Closed bool
	URL    string // for people

	Updated time.Time // of a comment: when it was created, or edited last
	Node    string    // of a comment on GitHub: its id in the GraphQL API
}

// mark is one marker in the first line of a post. Other programs use the same account and have markers, too.
var mark = regexp.MustCompile(`<!-- rolecall:[0-9a-f]+ -->`)

// marks reports whether the first line of a post has one of the markers in that of a body. A page about
// several things has a marker for each.
func (p *Post) marks(body string) bool {
	mine := mark.FindAllString(firstLine(p.Body), -1)
	return slices.ContainsFunc(mark.FindAllString(firstLine(body), -1), func(m string) bool { return slices.Contains(mine, m) })
}

func firstLine(body string) string {
	line, _, _ := strings.Cut(body, "\n")
	return strings.TrimSpace(line)
}

// same reports whether two bodies differ at most in what a forge changes when it stores them.
func same(a, b string) bool { return stored(a) == stored(b) }

func stored(body string) string { return strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n")) }

// inert returns the body without lines that GitLab would run as a command ("/merge"): they get
// a backslash, which Markdown does not show.
func inert(body string) string {
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if rest := strings.TrimLeft(line, " \t"); strings.HasPrefix(rest, "/") {
			lines[i] = line[:len(line)-len(rest)] + `\` + rest
		}
	}
	return strings.Join(lines, "\n")
}
