package providertest

import (
	"bytes"
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// apply applies a plan and returns its journal.
func (r *trial) apply(d draft) *apply.Record {
	r.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var mu sync.Mutex
	now := func() time.Time { // increases, so that the journal shows the order
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
	folder, err := datadir.Open(r.dir, true, "journal")
	if err != nil {
		r.Fatal(err)
	}
	defer folder.Close()
	journal, err := apply.OpenJournal(folder, apply.NewHeader(d.plan, "test", now()), nil)
	if err != nil {
		r.Fatal(err)
	}
	o := apply.Options{Parallelism: rapid.IntRange(1, 4).Draw(r.T, "workers"), Journal: journal, Now: now, Wait: noWait}
	report, err := apply.Run(context.Background(), d.plan, d.client, d.index, o)
	if err != nil {
		r.Fatal(err)
	}
	if !report.OK() {
		r.Fatalf("%v", report.Err())
	}
	if err := journal.Close(); err != nil {
		r.Fatal(err)
	}
	return r.readJournal(journal.Path())
}

// readJournal reads a journal and deletes it.
func (r *trial) readJournal(path string) *apply.Record {
	r.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		r.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		r.Fatal(err)
	}
	record, err := apply.ReadJournal(bytes.NewReader(text), []*schema.Product{&r.property.Provider.Product})
	if err != nil {
		r.Fatal(err)
	}
	return record
}

// undo reverts every write in the journal, the last one first, and returns their number.
func (r *trial) undo(client provider.Client, record *apply.Record) int {
	r.Helper()
	slices.SortFunc(record.Entries, func(a, b apply.Entry) int { return b.Ended.Compare(a.Ended) })
	for i := range record.Entries {
		e := &record.Entries[i]
		if _, err := client.Apply(context.Background(), r.inverse(e)); err != nil {
			r.Fatalf("undoing %s of %s: %v", e.Action, e.Addr, err)
		}
	}
	return len(record.Entries)
}

// inverse returns the request that reverts a write.
func (r *trial) inverse(e *apply.Entry) provider.Request {
	r.Helper()
	q := provider.Request{Addr: e.Addr, Have: e.After, Want: e.Before, Changed: e.Changed}
	switch e.Action {
	case schema.Create:
		q.Action, q.Want = schema.Delete, nil
	case schema.Delete:
		q.Action = schema.Create
	case schema.Deactivate:
		if r.property.Deactivate == nil {
			r.Fatalf("%s was deactivated, and Property.Deactivate is nil", e.Addr)
		}
		left := e.Before.Clone()
		attribute := r.property.Deactivate(&left)
		q.Action, q.Have, q.Changed = schema.Update, &left, left.Kind.Mask(attribute)
	default:
		q.Action, q.Addr = schema.Update, e.Before.Addr
	}
	return q
}
