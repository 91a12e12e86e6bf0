package providertest

import (
	"maps"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A memory is what the journals of somebody's runs say of the objects that were
// written, for products that do not let them be read.
type memory map[schema.Address]schema.Object

// note keeps what a run has written. Of a write in the middle of which the process
// died nothing is known.
func (m memory) note(report *apply.Report) {
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

// recall is what provider.Options takes. It speaks of the moment in which it is
// called, as a journal that was read at the start does.
func (m memory) recall() func(schema.Address) (schema.Object, bool) {
	then := maps.Clone(m)
	return func(a schema.Address) (schema.Object, bool) {
		o, ok := then[a]
		if ok {
			o = o.Clone()
		}
		return o, ok
	}
}
