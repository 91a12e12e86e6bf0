package tines

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

var _ provider.AuditReader = (*client)(nil)

// ownAgent is how the User-Agent of every rolecall begins.
const ownAgent = "rolecall/"

// A wireLog is one row of the audit log.
type wireLog struct {
	ID        wireID    `json:"id"`
	At        time.Time `json:"created_at"`
	Operation string    `json:"operation_name"`
	Inputs    any       `json:"inputs"`
	Outputs   any       `json:"outputs"`
	Agent     string    `json:"request_user_agent"`
	UserID    wireID    `json:"user_id"`
	Email     string    `json:"user_email"`
	Name      string    `json:"user_name"`
}

func (l *wireLog) known() error {
	if l.ID == "" || l.At.IsZero() || l.Operation == "" {
		return errors.New("a row of the audit log does not say what was done and when")
	}
	return nil
}

// ours are the operations on what rolecall manages. The names of those on custom
// roles are not documented, so words are looked for.
var ours = regexp.MustCompile(`(?i)role|member|user|team|scim|sso|mapping|tenantconfig`)

// History yields what was done to roles, teams, members and users from a moment on.
// Pages are read one after the other: whatever is logged meanwhile only makes rows
// come twice, and those are told once.
func (c *client) History(ctx context.Context, since time.Time) iter.Seq2[provider.Event, error] {
	return func(yield func(provider.Event, error) bool) {
		seen := map[wireID]bool{}
		for page := 1; ; {
			rows, next, err := c.logs(ctx, since, page)
			if err != nil {
				yield(provider.Event{}, err)
				return
			}
			fresh := 0
			for i := range rows {
				l := &rows[i]
				if seen[l.ID] {
					continue
				}
				seen[l.ID] = true
				fresh++
				if l.At.Before(since) || !ours.MatchString(l.Operation) {
					continue
				}
				if !yield(c.event(l), nil) {
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(provider.Event{}, &provider.Error{Op: "read the audit log", Err: err})
				return
			}
			if next == 0 {
				return
			}
			if next <= page || fresh == 0 && len(rows) == 0 {
				yield(provider.Event{}, &provider.Error{Op: "read the audit log", Err: rest.ErrUnsteady, Hint: "Its pages lead back or are empty before the end. Run the same command again."})
				return
			}
			page = next
		}
	}
}

// logs reads one page of the audit log, and which page follows: 0 for none.
func (c *client) logs(ctx context.Context, since time.Time, page int) ([]wireLog, int, error) {
	var p struct {
		Rows []wireLog `json:"audit_logs"`
		Meta *wireMeta `json:"meta"`
	}
	err := c.rest.Do(ctx, rest.Call{
		Op: "read the audit log", Path: auditPath,
		Query: url.Values{"after": {since.UTC().Format(time.RFC3339)}, "page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}},
		Validate: func() error {
			if err := rest.RequireList("audit_logs", p.Rows); err != nil {
				return err
			}
			if p.Meta == nil || !p.Meta.Next.Set {
				return errors.New("the answer does not say what follows")
			}
			for i := range p.Rows {
				if err := p.Rows[i].known(); err != nil {
					return err
				}
			}
			return nil
		},
	}, &p)
	var e *provider.Error
	if errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusForbidden) {
		e.Err = provider.ErrCredentials
		e.Hint = "The audit log is open to tenant owners and to users with the tenant permission AUDIT_LOG_READ, and not part of every plan of Tines. " +
			"Tines answers 404 where the right is missing."
	}
	if err != nil {
		return nil, 0, err
	}
	return p.Rows, p.Meta.Next.Number, nil
}

// event turns a row into rolecall's words.
func (c *client) event(l *wireLog) provider.Event {
	who := l.Email
	if who == "" {
		who = l.Name
	}
	if who == "" && l.UserID != "" {
		who = fmt.Sprintf("the user with the id %s", l.UserID)
	}
	return provider.Event{
		At: l.At, Who: who, What: l.Operation, ID: string(l.ID),
		About: c.aboutWhat(l), Own: strings.HasPrefix(l.Agent, ownAgent),
	}
}
