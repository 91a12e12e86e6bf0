package tines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

var _ provider.AuditReader = (*client)(nil)

// ownAgent is how the User-Agent of every rolecall begins.
const ownAgent = "rolecall/"

// A wireLog is a row of the audit log.
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

func (l *wireLog) validate() error {
	if l.ID == "" || l.At.IsZero() || l.Operation == "" {
		return errors.New("a row of the audit log has no id, time or operation")
	}
	return nil
}

// managed matches the names of operations on the objects that rolecall manages. Those on custom
// roles are not documented, so it matches words.
var managed = regexp.MustCompile(`(?i)role|member|user|team|scim|sso|mapping|tenantconfig`)

// History yields the changes of roles, teams, members and users since a time. Events name
// objects that were listed before. It reads one page after the other, because rows that are
// logged meanwhile only make other rows come twice; each is yielded once.
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
				if l.At.Before(since) || !managed.MatchString(l.Operation) {
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
				yield(provider.Event{}, &provider.Error{Op: "read the audit log", Err: rest.ErrListChanged, Hint: "Its pages repeat or are empty before the end. Run the same command again."})
				return
			}
			page = next
		}
	}
}

// logs reads one page of the audit log. It returns the number of the next page, or 0.
func (c *client) logs(ctx context.Context, since time.Time, page int) ([]wireLog, int, error) {
	var p struct {
		Rows []wireLog `json:"audit_logs"`
		Meta struct {
			Next json.RawMessage `json:"next_page_number"` // null on the last page
		} `json:"meta"`
	}
	next := 0
	err := c.rest.Do(ctx, rest.Call{
		Op: "read the audit log", Path: auditPath,
		Query: url.Values{"after": {since.UTC().Format(time.RFC3339)}, "page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}},
		Validate: func() error {
			if err := rest.RequireList("audit_logs", p.Rows); err != nil {
				return err
			}
			if p.Meta.Next == nil {
				return errors.New("the answer does not say which page is the next")
			}
			if err := json.Unmarshal(p.Meta.Next, &next); err != nil {
				return fmt.Errorf("next_page_number is not a number: %w", err)
			}
			for i := range p.Rows {
				if err := p.Rows[i].validate(); err != nil {
					return err
				}
			}
			return nil
		},
	}, &p)
	var e *provider.Error
	if errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusForbidden) {
		e.Err = provider.ErrCredentials
		e.Hint = "Only tenant owners and users with the tenant permission AUDIT_LOG_READ can read the audit log, and not every plan of Tines has it. " +
			"Tines answers 404 if the right is missing."
	}
	if err != nil {
		return nil, 0, err
	}
	return p.Rows, next, nil
}

// event returns the event of a row.
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

// aboutWhat returns the objects that a row names. What inputs and outputs hold is not documented
// and differs by operation, so it looks for ids, names and addresses at any depth, by the name
// of the field around them.
func (c *client) aboutWhat(l *wireLog) []schema.Address {
	found := map[schema.Address]bool{}
	note := func(kind, key string) {
		found[schema.Address{Provider: c.Tenant, Kind: kind, Key: key}] = true
	}
	each(l.Operation, []any{l.Inputs, l.Outputs}, func(under, text string) {
		if schema.EmailAddress(text) == nil {
			note(userKind.Name, schema.FoldName(text))
			return
		}
		kind := kindNamed(under)
		if under == l.Operation && aboutMembers(under) {
			return // the id in an operation on members can be that of any object
		}
		if key, known := c.Index.Key(kind, text); known {
			note(kind, key)
		} else if _, known := c.Index.ID(kind, text); known {
			note(kind, text)
		}
	})
	out := slices.Collect(maps.Keys(found))
	if aboutMembers(l.Operation) { // a membership is a team and a user
		for team := range found {
			for user := range found {
				if team.Kind == teamKind.Name && user.Kind == userKind.Name {
					out = append(out, schema.Address{Provider: c.Tenant, Kind: membershipKind.Name, Key: schema.JoinKey(team.Key, user.Key)})
				}
			}
		}
	}
	slices.SortFunc(out, schema.Address.Compare)
	return out
}

// each calls f for every text and number in a value, with the name of the field around it. A
// name such as id counts as the name around that.
func each(under string, v any, f func(under, text string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			switch name {
			case "id", "ids", "name", "attributes", "inputs", "outputs":
				name = under
			}
			each(name, value, f)
		}
	case []any:
		for _, item := range v {
			each(under, item, f)
		}
	case string:
		f(under, v)
	case float64:
		f(under, strconv.FormatFloat(v, 'f', -1, 64))
	}
}

// kindNamed returns the kind that the name of a field is about, or "".
func kindNamed(name string) string {
	name = strings.ToLower(name)
	for _, word := range []struct{ part, kind string }{
		{"role", roleKind.Name}, {"user", userKind.Name}, {"member", userKind.Name}, {"team", teamKind.Name},
	} {
		if strings.Contains(name, word.part) {
			return word.kind
		}
	}
	return ""
}

func aboutMembers(operation string) bool {
	return strings.Contains(strings.ToLower(operation), "member")
}
