package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// tidyFlags are the flags of fmt --tidy. The others of fmt keep their meaning.
type tidyFlags struct {
	connectionFlags
	tidy  bool
	since string
}

func (o *tidyFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&o.tidy, "tidy", false, "write removed blocks, and take out removed blocks and previously that have done their work; needs --since")
	c.Flags().StringVar(&o.since, "since", "", "with --tidy: the commit `REV` with the files before")
	o.connectionFlags.register(c)
}

// check refuses flags and arguments that do not fit together.
func (o *tidyFlags) check(c *cobra.Command, args []string, f *formatOptions) error {
	const hint = "Example: rolecall fmt --tidy --since origin/main access"
	switch {
	case o.tidy && o.since == "":
		return advise(hint, "--tidy needs --since with the commit before the changes")
	case o.tidy && f.recursive:
		return advise(hint, "--tidy is about one configuration, so it cannot be used with --recursive")
	case o.tidy && (len(args) > 1 || slices.Contains(args, "-")):
		return advise(hint, "--tidy takes one directory")
	case o.tidy:
		return nil
	}
	for _, name := range []string{"since", "var", "var-file", "root", "max-eval-time", "max-eval-memory", "allow-host"} {
		if c.Flags().Changed(name) {
			return advise(hint, "--%s needs --tidy", name)
		}
	}
	return nil
}

// A tidying is one run of fmt --tidy.
type tidying struct {
	f       *Factory
	format  *formatOptions
	options *tidyFlags
	dir     string
	before  *config.Config
	earlier *earlierConfig // nil if the commit has no configuration in the directory
	reader  config.Reader
	files   editedFiles
	added   map[*editedFile]string // removed blocks
	done    []tidied
	kept    []string // what is not done, in sentences
	result  []*editedFile
}

// A tidied is one change of the files.
type tidied struct {
	Change  string `json:"change"` // "add" or "delete"
	Block   string `json:"block"`  // "removed" or "previously"
	Address string `json:"address"`
	Earlier string `json:"earlier,omitempty"` // the entry of previously
	File    string `json:"file"`
	tenant  int
	step    since.Step
}

func runTidy(ctx context.Context, f *Factory, args []string, format *formatOptions, o *tidyFlags) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	o.config.blocks = true
	t := &tidying{f: f, format: format, options: o, dir: directory(args), files: editedFiles{}, added: map[*editedFile]string{}}
	err := t.run(ctx)
	if err != nil && ctx.Err() != nil {
		return advise("No file was changed.", "interrupted before all was checked")
	}
	return err
}

func (t *tidying) run(ctx context.Context) (err error) {
	if info, err := os.Stat(t.dir); err == nil && !info.IsDir() {
		return advise("Example: rolecall fmt --tidy --since origin/main access", "--tidy takes a directory, and %s is a file", text.Clean(t.dir))
	}
	if t.before, t.reader, err = loadToConnect(t.f, t.dir, &t.options.config, nil); err != nil {
		return err
	}
	if t.earlier, _, err = loadEarlier(ctx, t.f, t.dir, t.options.since, "--tidy", &t.options.config); err != nil {
		return err
	}
	for i, now := range t.before.Tenants {
		if err := t.tenant(ctx, i, now); err != nil {
			return err
		}
	}
	t.goneTenants()
	if err := t.settle(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !t.format.check && !t.format.diff {
		if err := writeEdited(t.result); err != nil {
			return err
		}
	}
	return t.report()
}

// tenant edits the files for one provider block.
func (t *tidying) tenant(ctx context.Context, i int, now *schema.Tenant) error {
	var before *schema.Tenant
	if t.earlier != nil {
		before = t.earlier.tenant(now.Name)
	}
	if err := t.takeOut(ctx, i, since.Steps(before, now)); err != nil {
		return err
	}
	if before == nil {
		return nil
	}
	var order []string
	left := map[string][]string{} // addresses by reason
	for _, r := range since.Removals(before, now, renamedBlocks(now.Name, t.earlier.Config, t.before)) {
		if r.Why == "" {
			if err := t.writeRemoved(i, r); err != nil {
				return err
			}
			continue
		}
		if left[r.Why] == nil {
			order = append(order, r.Why)
		}
		left[r.Why] = append(left[r.Why], r.Addr.String())
	}
	for _, why := range order {
		t.keep("No removed block for %s: %s.", text.List(left[why], maxKeptNames), why)
	}
	return nil
}

// maxKeptNames is how many objects a sentence names.
const maxKeptNames = 5

func (t *tidying) keep(format string, args ...any) {
	t.kept = append(t.kept, fmt.Sprintf(format, args...))
}

// goneTenants says that nothing is written for provider blocks that are gone.
func (t *tidying) goneTenants() {
	if t.earlier == nil {
		t.keep("The configuration is new since %s, so there is nothing to compare it with.", t.options.since)
		return
	}
	for _, x := range t.earlier.Tenants {
		if !slices.ContainsFunc(t.before.Tenants, func(now *schema.Tenant) bool { return now.Name == x.Name }) {
			t.keep("No removed blocks for what the provider block %s declared: no file has that block any more.", x.Name)
		}
	}
}

// tidyJSON is what fmt --tidy --json prints.
type tidyJSON struct {
	formatJSON
	Tidied []tidied `json:"tidied"`
	Kept   []string `json:"kept"`
}

// report prints what was done and what was not.
func (t *tidying) report() error {
	s, writes := &t.f.Streams, !t.format.check && !t.format.diff
	changed := []string{}
	for _, x := range t.result {
		changed = append(changed, filepath.ToSlash(x.path))
	}
	switch {
	case t.format.json:
		out := tidyJSON{formatJSON{2, len(t.before.Files), changed, []diagnosticJSON{}}, append([]tidied{}, t.done...), append([]string{}, t.kept...)}
		if err := s.printJSON(out); err != nil {
			return err
		}
	case t.format.diff:
		for _, x := range t.result {
			if err := (&formatter{Streams: s}).writeDiff(x.path, x.before, x.after); err != nil {
				return err
			}
		}
	}
	if !t.format.json {
		for _, x := range t.done {
			fmt.Fprintln(s.Out, text.Clean(x.words(writes)))
		}
		for _, line := range t.kept {
			fmt.Fprintln(s.Out, text.Wrap(text.Clean(line), t.f.helpWidth()))
		}
		if len(t.done)+len(t.kept) == 0 {
			fmt.Fprintln(s.Out, "Nothing to tidy.")
		}
	}
	if !t.format.check || len(t.done) == 0 {
		return nil
	}
	if !t.format.json {
		fmt.Fprintf(s.Err, "Not tidy: %s to make. To make them, run: %s\n", text.Count(len(t.done), "change", "changes"),
			commandLine("fmt", "--tidy", "--since", t.options.since, t.dir))
	}
	return exitWith(exitError)
}

func (x *tidied) words(written bool) string {
	if x.Change == "add" {
		return text.Choose(written, "Wrote", "Would write") + " a removed block for " + x.Address + " in " + x.File
	}
	return text.Choose(written, "Took", "Would take") + " out the " + x.step.String() + " in " + x.File
}
