package providertest

import (
	"maps"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A journalMemory holds what the journals of a user's runs say about written objects,
// for products whose objects cannot be read.
type journalMemory map[schema.Address]schema.Object

// record keeps what a run wrote. Nothing is known about a write during which the
// process was killed.
func (m journalMemory) record(report *apply.Report) {
	if report == nil {
		return
	}
	for i := range report.Results {
		r := &report.Results[i]
		addr := r.Change.Addr
		switch {
		case r.Status != apply.Done && r.Status != apply.Diverged:
		case r.Change.Action.Removes():
			delete(m, addr)
		case r.After.Kind != nil:
			m[addr] = r.After.Clone()
		}
	}
}

// recall returns a provider.Options.Recall that knows what was recorded until now, as
// a journal does that is read at the start.
func (m journalMemory) recall() func(schema.Address) (schema.Object, bool) {
	then := maps.Clone(m)
	return func(a schema.Address) (schema.Object, bool) {
		o, ok := then[a]
		if ok {
			o = o.Clone()
		}
		return o, ok
	}
}
