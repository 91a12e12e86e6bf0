package cmd

import (
	"errors"
	"io"
	"path/filepath"
	"slices"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/undo"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An undone is the run that is undone.
type undone struct {
	f       *Factory
	o       *undoOptions
	out     io.Writer // for people
	product *schema.Product
	run     *apply.PastRun
	earlier *apply.PastRun // the one before, for the same tenant; may be nil
	also    []string       // journals of the same apply, for other provider blocks
	undo    *undo.Undo
	revert  string // what to do with the files
}

// name returns the name of the journal's file.
func (r *undone) name() string { return filepath.Base(r.run.Path) }

// arguments returns those of the command for the run of a journal.
func (r *undone) arguments(journal string) []string {
	return inDirectory(r.o.dir, journal)
}

// findUndone finds the run that is to be undone.
func findUndone(f *Factory, o *undoOptions) (*undone, error) {
	runs, err := readRuns(f, o.dir)
	if err != nil {
		return nil, err
	}
	if o.journal != "" && filepath.Ext(o.journal) != ".jsonl" {
		return nil, advise("Name the directory of the configuration, or a journal that rolecall history names, such as 20260102T150405Z-partoo.jsonl.",
			"%s is neither a directory nor a journal", o.journal)
	}
	if len(runs) == 0 {
		return nil, advise("undo reads the journals that apply writes, which stay on the machine of the apply, or in the archive of a pipeline: rolecall ci journal unpack.",
			"there is no journal in %s", o.dir)
	}
	r := &undone{f: f, o: o, out: f.Out}
	if o.json {
		r.out = f.Err
	}
	at, err := r.choose(runs)
	if err != nil {
		return nil, err
	}
	r.run = &runs[at]
	h := &r.run.Record.Header
	product, err := f.Products.find(h.Product)
	if err != nil {
		return nil, err
	}
	r.product = &product.Provider.Product
	if r.undo, err = undo.Of(r.run.Record, r.product); err != nil {
		return nil, advise("Nothing was changed. If the file is not as apply wrote it, find out who changed it.", "%s: %w", r.run.Path, err)
	}
	for i := range runs {
		x := &runs[i]
		if i < at && x.Err == nil && x.Record.Header.Undoes == r.name() && sameTenant(&x.Record.Header, h) {
			r.undo.Continue(x.Record)
		}
		switch {
		case x.Err != nil || x.Record.Header.Undoes != "":
		case i > at && r.earlier == nil && sameTenant(&x.Record.Header, h):
			r.earlier = x
		case h.Digest != "" && x.Record.Header.Digest == h.Digest && x.Record.Header.Provider != h.Provider:
			r.also = append(r.also, filepath.Base(x.Path))
		}
	}
	return r, nil
}

func sameTenant(a, b *apply.Header) bool {
	return a.Provider == b.Provider && a.Product == b.Product && a.Tenant == b.Tenant && a.Endpoint == b.Endpoint
}

// choose returns the index of the run that is named, or of the newest that changed something.
func (r *undone) choose(runs []apply.PastRun) (int, error) {
	if name := r.o.journal; name != "" {
		at := slices.IndexFunc(runs, func(x apply.PastRun) bool {
			return name == filepath.Base(x.Path) || filepath.Clean(name) == filepath.Clean(x.Path)
		})
		switch {
		case at < 0:
			return 0, advise("Name one that is listed by: "+commandLine("history", r.o.dir)+"\nFor another directory, add --dir.", "there is no journal %s in %s", name, r.o.dir)
		case runs[at].Err != nil:
			return 0, advise("A damaged journal cannot be undone. rolecall plan shows how the product differs from the files.", "journal %s cannot be read: %w", runs[at].Path, runs[at].Err)
		}
		return at, nil
	}
	for i := range runs {
		if x := &runs[i]; x.Err != nil {
			return 0, advise("It may be of the newest run. Name the journal that is to be undone; rolecall history lists them.", "journal %s cannot be read: %w", x.Path, x.Err)
		}
	}
	for i := range runs {
		h := &runs[i].Record.Header
		if !slices.ContainsFunc(runs[i].Record.Entries, func(e apply.Entry) bool { return e.MayHaveWritten() }) {
			continue
		}
		if h.Undoes != "" && !finished(runs[i].Record) {
			return 0, advise("To go on with it: "+commandLine("undo", r.arguments(h.Undoes)...)+
				"\nTo take back what it did: "+commandLine("undo", r.arguments(filepath.Base(runs[i].Path))...),
				"the newest run did not finish undoing %s", text.Clean(h.Undoes))
		}
		if h.Undoes != "" {
			return 0, advise("Name the journal of an earlier run to undo that too, or this one to make its changes again: "+
				commandLine("undo", r.arguments(filepath.Base(runs[i].Path))...),
				"the newest run undid %s already", h.Undoes)
		}
		return i, nil
	}
	return 0, errors.New("no run changed anything")
}

// finished reports whether a run made all changes of its plan.
func finished(r *apply.Record) bool {
	counts := r.Counts()
	return r.Complete && r.Halted == "" && counts[apply.Failed]+counts[apply.Skipped]+counts[apply.NotStarted] == 0
}
