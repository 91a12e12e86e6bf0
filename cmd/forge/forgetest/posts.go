package forgetest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// A Post is a comment or an issue.
type Post struct {
	ID       int64 // of an issue its number
	On       int64 // number of the issue or pull request that a comment is on
	Author   int64
	Editor   int64 // who edited it last; 0 if nobody did
	Title    string
	Body     string
	Closed   bool
	Pull     bool     // a pull request in the list of issues
	System   bool     // a note that GitLab wrote
	Updated  int      // counts up
	Commands []string // lines that GitLab ran as commands
}

// AddComment adds a comment to the pull request, as if the account had written it.
func (s *Server) AddComment(author int64, body string) error {
	return s.Do(func() error { s.add(s.comments, Post{On: PullRequest, Author: author, Body: body}); return nil })
}

// AddIssue adds an issue, as if the account had written it.
func (s *Server) AddIssue(author int64, title, body string) error {
	return s.Do(func() error { s.add(s.issues, Post{Author: author, Title: title, Body: body}); return nil })
}

// Comments returns the comments on the pull request or an issue.
func (s *Server) Comments(on int64) []Post {
	var out []Post
	_ = s.Do(func() error {
		for _, c := range s.comments.All() {
			if c.On == on {
				out = append(out, *c)
			}
		}
		return nil
	})
	return out
}

// Issues returns all issues.
func (s *Server) Issues() []Post {
	var out []Post
	_ = s.Do(func() error {
		for _, i := range s.issues.All() {
			out = append(out, *i)
		}
		return nil
	})
	return out
}

// Login returns the name of an account.
func (s *Server) Login(id int64) string {
	for _, token := range slices.Sorted(maps.Keys(s.Tokens)) {
		if a := s.Tokens[token]; a.ID == id {
			return a.Login
		}
	}
	return fmt.Sprint("account ", id)
}

// Writes counts the requests that changed something, or tried to.
func (s *Server) Writes() int {
	n := 0
	for _, e := range s.Entries(0) {
		if e.Method != http.MethodGet && !strings.HasSuffix(e.Path, "/graphql") {
			n++
		}
	}
	return n
}

func (s *Server) add(to *emulator.Table[Post], p Post) *Post {
	p.ID = int64(s.store.Next("post")) + 100
	p.Updated = s.store.Next("update")
	if s.gitlab {
		p.Body, p.Commands = runCommands(p.Body)
	}
	to.Put(strconv.FormatInt(p.ID, 10), &p)
	return &p
}

// change replaces a post.
func (s *Server) change(in *emulator.Table[Post], p Post) *Post {
	p.Updated = s.store.Next("update")
	if s.gitlab {
		var ran []string
		p.Body, ran = runCommands(p.Body)
		p.Commands = append(slices.Clone(p.Commands), ran...)
	}
	in.Put(strconv.FormatInt(p.ID, 10), &p)
	return &p
}

// runCommands takes out the lines that GitLab runs as commands (quick actions).
func runCommands(body string) (rest string, commands []string) {
	var lines []string
	for line := range strings.SplitSeq(body, "\n") {
		if strings.HasPrefix(line, "/") {
			commands = append(commands, line)
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), commands
}

// selected lists issues by the query: state, sort and direction.
func (s *Server) selected(c *call, open, byUpdate string) []Post {
	q := c.r.URL.Query()
	var out []Post
	for _, p := range s.issues.All() {
		if state := q.Get("state"); state == "closed" && p.Closed || state == open && !p.Closed || state == "all" {
			out = append(out, *p)
		}
	}
	key := func(p Post) int64 {
		if q.Get("sort") == byUpdate || q.Get("order_by") == byUpdate {
			return int64(p.Updated)
		}
		return p.ID
	}
	slices.SortFunc(out, func(a, b Post) int { return cmp.Compare(key(a), key(b)) })
	if q.Get("direction") == "desc" || q.Get("sort") == "desc" {
		slices.Reverse(out)
	}
	return out
}
