package cmd

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

type historyOptions struct {
	dir     string
	subject string // an address or a key; "" means every run
	json    bool
}

func newHistoryCommand(f *Factory) *cobra.Command {
	var o historyOptions
	c := &cobra.Command{
		Use:   "history [DIR | SUBJECT]",
		Short: "Show what was applied, when and by whom",
		Long: "Lists the runs of apply that the journals of a directory record, the newest first: when, by whom, from which commit, " +
			"with which result, and the changes whose outcome is not known.\n\n" +
			"With a SUBJECT, which is an address such as user.ana@zoo.example or a key alone, it lists every change of this object and of others that name it, such as a membership.\n\n" +
			"It reads only the journals: it needs no network and no key. A journal that cannot be read is named, and the exit code is 1.",
		Example: "  rolecall history access\n" +
			"  rolecall history --dir access ana@zoo.example    # what happened to one user\n" +
			"  rolecall history --json access",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory or subject"),
		ValidArgsFunction: completeDirectory,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				if info, err := os.Stat(args[0]); o.dir == "" && err == nil && info.IsDir() {
					o.dir = args[0]
				} else {
					o.subject = args[0]
				}
			}
			o.dir = cmp.Or(o.dir, ".")
			return runHistory(f, &o)
		},
	}
	jsonFlag(c, &o.json)
	c.Flags().StringVar(&o.dir, "dir", "", "read the journals of `DIR`; the argument is a SUBJECT then (default: the current directory)")
	return c
}

func runHistory(f *Factory, o *historyOptions) error {
	runs, err := readRuns(f, o.dir)
	if err != nil {
		return err
	}
	h := newHistory(runs, o.subject)
	if o.json {
		if err := f.printJSON(newHistoryJSON(f.Version.Release, h)); err != nil {
			return err
		}
	} else if err := h.write(&f.Streams, o); err != nil {
		return err
	}
	for _, r := range h.damaged {
		f.report(advise("Its run is not listed. Repair it, or move it out of the folder.", "journal %s cannot be read: %w", r.Path, r.Err))
	}
	if len(h.damaged) > 0 {
		return exitWith(exitError)
	}
	return nil
}

// readRuns reads the journals beside the configuration in a directory.
func readRuns(f *Factory, dir string) ([]apply.PastRun, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, advise("Name the directory of the configuration.", "%s cannot be read: %w", dir, bare(err))
	}
	folder, err := openJournals(f, dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return apply.ReadPastRuns(folder, f.Products.schemas())
}

// A history has the runs to show, the newest first.
type history struct {
	runs    []historyRun
	damaged []apply.PastRun
}

type historyRun struct {
	*apply.PastRun
	entries []*apply.Entry // about the subject; without one, those whose outcome is not known
}

// newHistory selects what concerns the subject; "" selects every run.
func newHistory(runs []apply.PastRun, subject string) *history {
	h := &history{}
	for i := range runs {
		if runs[i].Err != nil {
			h.damaged = append(h.damaged, runs[i])
			continue
		}
		r := historyRun{PastRun: &runs[i]}
		for k := range r.Record.Entries {
			e := &r.Record.Entries[k]
			if subject == "" && e.OutcomeUnknown || subject != "" && concerns(e, subject) {
				r.entries = append(r.entries, e)
			}
		}
		if subject == "" || len(r.entries) > 0 {
			h.runs = append(h.runs, r)
		}
	}
	return h
}

// concerns reports whether a change is about the subject: its object, a part of the key of its
// object, a value that it sets or removes, or an object that was removed with it.
func concerns(e *apply.Entry, subject string) bool {
	subject = schema.FoldName(subject)
	named := func(a schema.Address) bool {
		key := schema.FoldName(a.Key)
		return key == subject || schema.FoldName(a.String()) == subject || schema.FoldName(a.Full()) == subject
	}
	from := schema.Address{Provider: e.Addr.Provider, Kind: e.Addr.Kind, Key: e.From}
	if named(e.Addr) || e.From != "" && named(from) || e.Action.Removes() && slices.ContainsFunc(e.Removes, named) {
		return true
	}
	kind, key, full := strings.Cut(subject, ".")
	names := func(s string, kinds []string) bool {
		s = schema.FoldName(s)
		return s == subject || full && s == key && slices.Contains(kinds, kind)
	}
	for _, d := range differences(e) {
		for _, s := range slices.Concat(without(d.before, d.after), without(d.after, d.before)) {
			if names(s, d.kinds) {
				return true
			}
		}
	}
	return slices.ContainsFunc(keyParts(e), func(part keyPart) bool { return names(part.text, part.kinds) })
}

// A keyPart is a part of the key of an object, such as the user of a membership.
type keyPart struct {
	text  string
	kinds []string // that it refers to
}

// keyParts returns the parts of the key of the changed object.
func keyParts(e *apply.Entry) (out []keyPart) {
	parts, _ := schema.SplitKey(e.Addr.Key, strings.Count(e.Addr.Key, "/")+1)
	for _, s := range parts {
		out = append(out, keyPart{text: s})
	}
	for _, o := range []*schema.Object{e.Before, e.After} {
		if o == nil {
			continue
		}
		for i, a := range o.Kind.Keys() {
			if i < len(out) {
				out[i].kinds = a.Kinds
			}
		}
	}
	return out
}

// An attributeDifference is one attribute that a change set to other values.
type attributeDifference struct {
	name          string
	kinds         []string // that the values refer to
	before, after []string // its members; see schema.Attribute.Members
}

// differences compares the object before and after a change. What is after a write is not known
// if it was not read back.
func differences(e *apply.Entry) []attributeDifference {
	o := e.After
	if o == nil {
		o = e.Before
	}
	if o == nil || e.Action.Removes() || e.Begun.IsZero() || e.Before != nil && e.After == nil {
		return nil
	}
	var out []attributeDifference
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		d := attributeDifference{name: a.Name, kinds: a.Kinds, before: members(a, i, e.Before), after: members(a, i, e.After)}
		if !slices.Equal(d.before, d.after) {
			out = append(out, d)
		}
	}
	return out
}

func members(a *schema.Attribute, i int, o *schema.Object) []string {
	if o == nil || !o.Set.Has(i) {
		return []string{}
	}
	return slices.Clip(append([]string{}, a.Members(o.Body)...))
}

// without returns the members of a that b lacks.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
