package plan

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Summary counts the changes of a plan by action.
type Summary struct {
	Create     int `json:"create"`
	Update     int `json:"update"`
	Rename     int `json:"rename"`
	Delete     int `json:"delete"`
	Deactivate int `json:"deactivate"`
	Forget     int `json:"forget"`
	Refuse     int `json:"refuse"`
	Unchanged  int `json:"unchanged"`
}

// Summary counts the changes of the plan and the unchanged objects.
func (p *Plan) Summary() Summary {
	var s Summary
	for i := range p.Changes {
		s.Count(p.Changes[i].Action)
	}
	for _, n := range p.Unchanged {
		s.Unchanged += n
	}
	return s
}

// Count adds one change.
func (s *Summary) Count(a schema.Action) {
	switch a {
	case schema.Create:
		s.Create++
	case schema.Update:
		s.Update++
	case schema.Rename:
		s.Rename++
	case schema.Delete:
		s.Delete++
	case schema.Deactivate:
		s.Deactivate++
	case schema.Forget:
		s.Forget++
	case schema.Refuse:
		s.Refuse++
	}
}

// Add adds the numbers of another summary.
func (s *Summary) Add(t Summary) {
	s.Create += t.Create
	s.Update += t.Update
	s.Rename += t.Rename
	s.Delete += t.Delete
	s.Deactivate += t.Deactivate
	s.Forget += t.Forget
	s.Refuse += t.Refuse
	s.Unchanged += t.Unchanged
}

// Writes counts the changes that send a write to the product.
func (s Summary) Writes() int {
	return s.Create + s.Update + s.Rename + s.Delete + s.Deactivate
}

// Errors counts the findings because of which the plan cannot be applied.
func (p *Plan) Errors() int {
	n := 0
	for i := range p.Findings {
		if p.Findings[i].Severity == schema.Error {
			n++
		}
	}
	return n
}
