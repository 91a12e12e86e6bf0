package cmd

import (
	"time"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// historyJSON is what history --json prints; docs/json.md describes it.
type historyJSON struct {
	FormatVersion int             `json:"format_version"`
	Version       string          `json:"rolecall_version"`
	Runs          []runJSON       `json:"runs"`
	Damaged       []unreadRunJSON `json:"unreadable,omitempty"`
}

type runJSON struct {
	Journal  string         `json:"journal"`
	Started  time.Time      `json:"started"`
	Actor    string         `json:"actor,omitempty"`
	Commit   string         `json:"commit,omitempty"`
	Digest   string         `json:"digest,omitempty"`
	Provider string         `json:"provider"`
	Product  string         `json:"product"`
	Tenant   string         `json:"tenant"`
	Endpoint string         `json:"endpoint"`
	Sequence int            `json:"sequence"`
	Undoes   string         `json:"undoes,omitempty"`
	Changes  map[string]int `json:"changes"`
	Counts   map[string]int `json:"counts"`
	Complete bool           `json:"complete"`
	Halted   string         `json:"halted,omitempty"`
	Entries  []changeJSON   `json:"entries"`
}

type changeJSON struct {
	Address        string                 `json:"address"`
	From           string                 `json:"from,omitempty"`
	Action         schema.Action          `json:"action"`
	Status         apply.Status           `json:"status"`
	Reason         string                 `json:"reason,omitempty"`
	OutcomeUnknown bool                   `json:"outcome_unknown,omitempty"`
	Attributes     []changedAttributeJSON `json:"attributes,omitempty"`
}

type changedAttributeJSON struct {
	Name   string   `json:"name"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}

type unreadRunJSON struct {
	Journal string `json:"journal"`
	Reason  string `json:"reason"`
}

func newHistoryJSON(version string, h *history) historyJSON {
	out := historyJSON{FormatVersion: 2, Version: version, Runs: []runJSON{}}
	for _, r := range h.runs {
		x := &r.Record.Header
		run := runJSON{
			Journal: r.Path, Started: x.Started, Actor: x.Actor, Commit: x.Commit, Digest: x.Digest,
			Provider: x.Provider, Product: x.Product, Tenant: x.Tenant, Endpoint: x.Endpoint, Sequence: x.Sequence, Undoes: x.Undoes, Changes: x.Changes,
			Counts: map[string]int{}, Complete: r.Record.Complete, Halted: r.Record.Halted, Entries: []changeJSON{},
		}
		for status, n := range r.Record.Counts() {
			run.Counts[status.String()] = n
		}
		for _, e := range r.entries {
			run.Entries = append(run.Entries, newChangeJSON(e))
		}
		out.Runs = append(out.Runs, run)
	}
	for _, d := range h.damaged {
		out.Damaged = append(out.Damaged, unreadRunJSON{d.Path, d.Err.Error()})
	}
	return out
}

func newChangeJSON(e *apply.Entry) changeJSON {
	c := changeJSON{
		Address: e.Addr.String(), From: e.From, Action: e.Action, Status: e.Status, Reason: e.Reason, OutcomeUnknown: e.OutcomeUnknown,
	}
	for _, d := range differences(e) {
		c.Attributes = append(c.Attributes, changedAttributeJSON{d.name, d.before, d.after})
	}
	return c
}
