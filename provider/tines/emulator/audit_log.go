package emulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An audit is one row of the audit log: who changed what, and when. It keeps the
// address and name that the user had then.
type audit struct {
	ID        int             `json:"id"`
	At        time.Time       `json:"at"`
	Operation string          `json:"operation_name"`
	Inputs    json.RawMessage `json:"inputs"`
	IP        string          `json:"request_ip"`
	Agent     string          `json:"request_user_agent"`
	UserID    int             `json:"user_id"`
	Email     string          `json:"user_email"`
	UserName  string          `json:"user_name"`
}

// inputs are what a row says about an operation.
type inputs map[string]any

type shownAudit struct {
	ID        int            `json:"id"`
	CreatedAt *string        `json:"created_at"`
	UpdatedAt *string        `json:"updated_at"`
	Operation string         `json:"operation_name"`
	Inputs    any            `json:"inputs"`
	Outputs   map[string]any `json:"outputs"`
	IP        string         `json:"request_ip"`
	Agent     string         `json:"request_user_agent"`
	TenantID  int            `json:"tenant_id"`
	UserID    int            `json:"user_id"`
	Email     string         `json:"user_email"`
	UserName  string         `json:"user_name"`
}

// audit writes a row about what the caller just did.
func (s *Server) audit(c *call, operation string, in inputs) {
	data, err := json.Marshal(in)
	if err != nil {
		panic("tines emulator: inputs cannot be encoded: " + err.Error())
	}
	row := audit{
		ID: s.store.Next("audit_log"), At: s.o.Clock(), Operation: operation, Inputs: data,
		IP: address(c.r), Agent: c.r.UserAgent(),
		UserID: c.user.ID, Email: c.user.Email, UserName: strings.TrimSpace(c.user.FirstName + " " + c.user.LastName),
	}
	s.audits.Put(strconv.Itoa(row.ID), &row)
}

func (s *Server) showAudit(a *audit) any {
	v := shownAudit{
		ID: a.ID, CreatedAt: seconds(a.At), UpdatedAt: seconds(a.At), Operation: a.Operation, Inputs: nil,
		Outputs: map[string]any{}, IP: a.IP, Agent: a.Agent, TenantID: s.tenant().ID,
		UserID: a.UserID, Email: a.Email, UserName: a.UserName,
	}
	switch {
	case s.is("audit-inputs", "nested"):
		v.Inputs = map[string]any{"inputs": a.Inputs}
	case s.is("audit-inputs", "flat"):
		v.Inputs = a.Inputs
	}
	return v
}

// listAudits shows the rows that the filters let through.
func (s *Server) listAudits(c *call) (reply, error) {
	if err := s.auditor(c); err != nil {
		return reply{}, err
	}
	f, err := s.auditFilter(c)
	if err != nil {
		return reply{}, err
	}
	rows := s.audits.View(f.key(), func() []*audit {
		var rows []*audit
		for _, a := range s.audits.All() {
			if f.match(a) {
				rows = append(rows, a)
			}
		}
		slices.Reverse(rows) // the newest first
		return rows
	})
	return paged(s, c, "audit_logs", rows, s.showAudit)
}

// An auditFilter is what a list of rows asks for. A zero time or an empty list lets
// everything through.
type auditFilter struct {
	after, before     time.Time
	users, operations []string
}

func (s *Server) auditFilter(c *call) (auditFilter, error) {
	f := auditFilter{
		users:      slices.Concat(c.query["user_id"], c.query["user_id[]"]),
		operations: slices.Concat(c.query["operation_name"], c.query["operation_name[]"]),
	}
	for name, at := range map[string]*time.Time{"after": &f.after, "before": &f.before} {
		given := c.query.Get(name)
		if given == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, given)
		if err != nil {
			return f, s.invalid(name, "is not a time")
		}
		*at = t
	}
	return f, nil
}

func (f auditFilter) key() string {
	times := []string{f.after.String(), f.before.String()}
	return strings.Join(slices.Concat(times, f.users, []string{""}, f.operations), "\x00")
}

// match compares times by the second, as rows show them.
func (f auditFilter) match(a *audit) bool {
	at := a.At.Truncate(time.Second)
	return (f.after.IsZero() || !at.Before(f.after)) && (f.before.IsZero() || !at.After(f.before)) &&
		(len(f.users) == 0 || slices.Contains(f.users, strconv.Itoa(a.UserID))) &&
		(len(f.operations) == 0 || slices.Contains(f.operations, a.Operation))
}
