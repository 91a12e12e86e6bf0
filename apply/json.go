package apply

import (
	"encoding/json"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// wireReport is the JSON form of a Report, for commands with --json.
type wireReport struct {
	Provider string         `json:"provider"`
	Product  string         `json:"product"`
	Tenant   string         `json:"tenant"`
	OK       bool           `json:"ok"`
	Counts   map[string]int `json:"counts"` // by status
	Halted   string         `json:"halted,omitempty"`
	Journal  string         `json:"journal,omitempty"`
	Results  []wireResult   `json:"results"`
}

type wireResult struct {
	Address        string        `json:"address"`
	Action         schema.Action `json:"action"`
	Status         Status        `json:"status"`
	Reason         string        `json:"reason,omitempty"`
	OutcomeUnknown bool          `json:"outcome_unknown,omitempty"`
	Differs        []string      `json:"differs,omitempty"`
	ID             string        `json:"id,omitempty"` // the product's id of the object afterwards
}

// MarshalJSON writes the report for programs, with all results in the order of the plan.
func (r *Report) MarshalJSON() ([]byte, error) {
	w := wireReport{
		Provider: r.Plan.Provider, Product: r.Plan.Product, Tenant: r.Plan.Tenant,
		OK: r.OK(), Counts: r.counts(), Journal: r.Journal, Results: []wireResult{},
	}
	if r.Halted != nil {
		w.Halted = r.Halted.Error()
	}
	for i := range r.Results {
		w.Results = append(w.Results, r.Results[i].wire())
	}
	return json.Marshal(w)
}

func (r *Result) wire() wireResult {
	w := wireResult{
		Address: r.Change.Addr.String(), Action: r.Change.Action, Status: r.Status,
		Reason: r.reason(), OutcomeUnknown: r.OutcomeUnknown, ID: r.After.ID,
	}
	if r.Differs != 0 {
		w.Differs = attributes(r.After.Kind, r.Differs)
	}
	return w
}

// reason is the error or the note.
func (r *Result) reason() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return r.Note
}

// counts counts the results by status; a status without results is left out.
func (r *Report) counts() map[string]int {
	out := map[string]int{}
	for i := range r.Results {
		out[r.Results[i].Status.String()]++
	}
	return out
}
