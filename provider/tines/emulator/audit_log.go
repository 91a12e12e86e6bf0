package emulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An audit is a row of the audit log. It keeps the address and the name that the user had then.
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

// inputs are the arguments of an operation.
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

// audit adds a row about a change of the caller.
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
	return shownAudit{
		ID: a.ID, CreatedAt: seconds(a.At), UpdatedAt: seconds(a.At), Operation: a.Operation, Inputs: map[string]any{"inputs": a.Inputs},
		Outputs: map[string]any{}, IP: a.IP, Agent: a.Agent, TenantID: s.tenant().ID,
		UserID: a.UserID, Email: a.Email, UserName: a.UserName,
	}
}

// listAudits shows the rows since a time, the newest first. It compares times by the second, as
// rows show them.
func (s *Server) listAudits(c *call) (reply, error) {
	if err := s.auditor(c); err != nil {
		return reply{}, err
	}
	given, after := c.query.Get("after"), time.Time{}
	if given != "" {
		var err error
		if after, err = time.Parse(time.RFC3339, given); err != nil {
			return reply{}, invalid("after", "is not a time")
		}
	}
	rows := s.audits.View(given, func() []*audit {
		var rows []*audit
		for _, a := range s.audits.All() {
			if !a.At.Truncate(time.Second).Before(after) {
				rows = append(rows, a)
			}
		}
		slices.Reverse(rows)
		return rows
	})
	return paged(c, "audit_logs", rows, s.showAudit)
}
