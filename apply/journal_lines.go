package apply

import (
	"time"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An entry is one line: exactly one of its members is set.
type entry struct {
	Header *Header `json:"header,omitempty"`
	Begin  *begun  `json:"begin,omitempty"`
	Accept *accept `json:"accept,omitempty"`
	Result *ended  `json:"result,omitempty"`
	End    *end    `json:"end,omitempty"`
}

type begun struct {
	Change  int             `json:"change"` // its place in the plan
	At      time.Time       `json:"at"`
	Action  schema.Action   `json:"action"`
	Kind    string          `json:"kind"`
	Key     string          `json:"key"`
	From    string          `json:"from,omitempty"` // the key before, for a rename
	Changed []string        `json:"changed,omitempty"`
	Before  *recordedObject `json:"before,omitempty"`
	Removes []string        `json:"removes,omitempty"` // objects that count as removed with it, by kind.key
	// Cascades are the objects that the product deletes with its own, as the plan has them.
	Cascades []*recordedObject `json:"cascades,omitempty"`
	// Narrows has users who lose fewer rights, by kind.key, with the share that each keeps, from 0 to 1.
	Narrows map[string]float64 `json:"narrows,omitempty"`
}

// An accept says that the product accepted a new object, which is still to be read back.
type accept struct {
	Change int       `json:"change"`
	At     time.Time `json:"at"`
	ID     string    `json:"id"`
}

type ended struct {
	Change         int             `json:"change"`
	At             time.Time       `json:"at"`
	Action         schema.Action   `json:"action"`
	Kind           string          `json:"kind"`
	Key            string          `json:"key"`
	Status         Status          `json:"status"`
	Reason         string          `json:"reason,omitempty"`
	OutcomeUnknown bool            `json:"outcome_unknown,omitempty"`
	Differs        []string        `json:"differs,omitempty"`
	After          *recordedObject `json:"after,omitempty"`
}

type end struct {
	At     time.Time      `json:"at"`
	Counts map[string]int `json:"counts"`
	Halted string         `json:"halted,omitempty"`
}

func begunOf(now time.Time, i int, c *plan.Change, before *schema.Object) (*begun, error) {
	b := &begun{Change: i, At: now.UTC(), Action: c.Action, Kind: c.Addr.Kind, Key: c.Addr.Key, From: c.From}
	if c.Action == schema.Update || c.Action == schema.Rename {
		b.Changed = attributes(c.Want.Kind, c.Changed)
	}
	for _, a := range c.Removes {
		b.Removes = append(b.Removes, schema.Address{Kind: a.Kind, Key: a.Key}.String())
	}
	for a, kept := range c.Narrows {
		if b.Narrows == nil {
			b.Narrows = make(map[string]float64, len(c.Narrows))
		}
		b.Narrows[schema.Address{Kind: a.Kind, Key: a.Key}.String()] = kept
	}
	for _, o := range c.Cascades {
		r, err := recordObject(o)
		if err != nil {
			return nil, err
		}
		r.Kind, r.Incomplete = o.Kind.Name, o.Incomplete
		b.Cascades = append(b.Cascades, r)
	}
	var err error
	b.Before, err = recordObject(before)
	return b, err
}

func endedOf(now time.Time, i int, r *Result) (*ended, error) {
	c := r.Change
	e := &ended{
		Change: i, At: now.UTC(), Action: c.Action, Kind: c.Addr.Kind, Key: c.Addr.Key,
		Status: r.Status, Reason: r.reason(), OutcomeUnknown: r.OutcomeUnknown,
	}
	if r.Differs != 0 {
		e.Differs = attributes(r.After.Kind, r.Differs)
	}
	var err error
	e.After, err = recordObject(&r.After)
	return e, err
}

// A Header is the first line of a journal.
type Header struct {
	Format   int            `json:"format_version"`
	Rolecall string         `json:"rolecall_version"` // version of the program
	Started  time.Time      `json:"started"`
	Provider string         `json:"provider"` // name of the provider block
	Product  string         `json:"product"`
	Tenant   string         `json:"tenant"` // the product's id of the tenant
	Endpoint string         `json:"endpoint"`
	Sequence int            `json:"sequence,omitempty"` // the number of the run in the directory; set by OpenJournal
	Changes  map[string]int `json:"changes"`            // number of changes in the plan, by action
	Digest   string         `json:"digest,omitempty"`   // of the document that the plan is part of
	Actor    string         `json:"actor,omitempty"`    // who applied, as the environment says
	Commit   string         `json:"commit,omitempty"`   // of the configuration, if it is in a git repository
	Undoes   string         `json:"undoes,omitempty"`   // name of the journal whose run this one undoes
}

// NewHeader describes a run of the plan by the given version of the program.
func NewHeader(p *plan.Plan, version string, now time.Time) Header {
	h := Header{
		Format: JournalFormat, Rolecall: version, Started: now.UTC(),
		Provider: p.Provider, Product: p.Product, Tenant: p.Tenant, Endpoint: p.Endpoint,
		Changes: map[string]int{},
	}
	for i := range p.Changes {
		if a := p.Changes[i].Action; a.Writes() {
			h.Changes[a.String()]++
		}
	}
	return h
}
