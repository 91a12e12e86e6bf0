// Package forgetest is a repository on GitHub or GitLab for tests: an HTTP server with the calls that
// package forge uses, and with the limits, pages, rights and refusals that the public REST documentation of
// both describes. Messages are its own words unless the documentation prints them.
package forgetest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// The repository and its only pull request.
const (
	Repository  = "zoo/access"
	Project     = 42 // its id on GitLab
	PullRequest = 7
)

// An Account is a user or an app.
type Account struct {
	ID    int64
	Login string
	// Comments and Issues say what it may write; everybody who has an account may read.
	Comments, Issues bool
	// Member may also write where the conversation is locked.
	Member bool
}

// A Server is one repository.
type Server struct {
	*emulator.Server

	// What tests change, within Do or before the first request.
	Visibility string // public, internal or private
	NoIssues   bool   // issues are disabled
	Locked     bool   // the conversation of the pull request
	Head       string // newest commit of the pull request
	Main       string // newest commit of the branch main; Merge sets it
	Tokens     map[string]*Account

	merged   string // commit with which the pull request was merged; empty while it is open
	mergedAt int

	store    *emulator.Store
	comments *emulator.Table[Post]
	issues   *emulator.Table[Post]
	gitlab   bool
	mux      http.ServeMux
}

// The accounts that every repository has, with their tokens.
const (
	Token         = "token-of-the-pipeline"
	ForkToken     = "token-of-a-fork"     // only reads
	StrangerToken = "token-of-a-stranger" // may comment and open issues as everybody may
)

// NewGitHub returns a private repository on GitHub. Its API is at /api/v3, as on Enterprise Server, and at /.
func NewGitHub() (*Server, error) {
	s := &Server{}
	s.gitHubRoutes()
	return s.open("github", "/api/v3", "")
}

// NewGitLab returns a private project on GitLab. Its API is at /api/v4.
func NewGitLab() (*Server, error) {
	s := &Server{gitlab: true}
	s.gitLabRoutes()
	return s.open("gitlab", "/api/v4")
}

func (s *Server) open(product string, prefixes ...string) (*Server, error) {
	s.Visibility, s.Head = "private", strings.Repeat("1", 40)
	s.Tokens = map[string]*Account{
		Token:         {ID: 41, Login: "pipeline[bot]", Comments: true, Issues: true, Member: true},
		ForkToken:     {ID: 41, Login: "pipeline[bot]"},
		StrangerToken: {ID: 99, Login: "stranger", Comments: true, Issues: true},
	}
	s.store = emulator.NewStore(product, "")
	s.comments, s.issues = emulator.NewTable[Post](s.store, "comments"), emulator.NewTable[Post](s.store, "issues")
	if err := s.store.Open(func() error { return nil }); err != nil {
		return nil, err
	}
	s.Server = emulator.New(emulator.Options{
		Product: product, Prefixes: prefixes, Store: s.store, Handler: http.HandlerFunc(s.answer),
		Reset: func() error { return nil },
	})
	return s, nil
}

// A call is one request of an account.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	account *Account
	body    *emulator.Body
}

// text returns a field of the body.
func (c *call) text(name string) string {
	v, _ := emulator.Field[string](c.body, name, "is not a string")
	return v
}

// variable returns a variable of a GraphQL query.
func (c *call) variable(name string) string {
	v, _ := emulator.Field[map[string]string](c.body, "variables", "is not an object")
	return v[name]
}

// number returns a value in the path.
func (c *call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	return n
}

// handle adds a route.
func (s *Server) handle(pattern string, answer func(*call) (int, any, error)) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r}
		status, v, err := s.enter(c, answer)
		if refused := (*refusal)(nil); errors.As(err, &refused) {
			status, v = refused.status, refused.body
		}
		if v == nil {
			w.WriteHeader(status)
			return
		}
		emulator.WriteJSON(w, status, v)
	})
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		emulator.WriteJSON(w, http.StatusNotFound, map[string]string{"message": "Not Found"})
		return
	}
	s.mux.ServeHTTP(w, r)
}

// enter finds the account and reads the body.
func (s *Server) enter(c *call, answer func(*call) (int, any, error)) (int, any, error) {
	token, unauthorized := strings.TrimPrefix(c.r.Header.Get("Authorization"), "Bearer "), "Bad credentials"
	if s.gitlab {
		token, unauthorized = c.r.Header.Get("PRIVATE-TOKEN"), "401 Unauthorized"
	}
	if c.account = s.Tokens[token]; c.account == nil {
		return 0, nil, refuse(http.StatusUnauthorized, unauthorized)
	}
	if !s.gitlab && c.r.UserAgent() == "" {
		return 0, nil, refuse(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
	}
	content, err := io.ReadAll(c.r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if c.body, err = emulator.ParseBody(content); err != nil {
		return 0, nil, refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	return answer(c)
}

// A refusal is an answer that is not a success.
type refusal struct {
	status int
	body   any
}

func (r *refusal) Error() string { return fmt.Sprint(r.status) }

func refuse(status int, message any) *refusal {
	return &refusal{status, map[string]any{"message": message}}
}

// tooLong reports whether a text has more characters than a forge takes.
func tooLong(text string, most int) bool { return utf8.RuneCountInString(text) > most }

// page returns the posts of the page that the query asks for, and the number of the next page or 0.
func (c *call) page(all []Post, size int) ([]Post, int) {
	q := c.r.URL.Query()
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	number := 1
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		number = n
	}
	from, to := min((number-1)*size, len(all)), min(number*size, len(all))
	next := 0
	if to < len(all) {
		next = number + 1
	}
	return all[from:to], next
}
