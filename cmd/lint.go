package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/lint"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type lintOptions struct {
	config            configFlags
	since             string
	maxAdministrators int
	json              bool
}

func newLintCommand(f *Factory) *cobra.Command {
	var o lintOptions
	c := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Find unused, equal and pointless roles without network access",
		Long: "Looks in the configuration in DIR (default: the current directory) for what is valid and probably not meant: roles and accesses that nothing uses, " +
			"roles that are equal or repeat another one, roles that nobody can use, users without a place to act. " +
			"lint needs neither a key nor network access. It says nothing about a role that an undeclared user may have.\n\n" +
			"A block silences a warning with a reason: allow = { unused = \"kept for the audit in March\" }. " +
			"The page docs/reference/lint.md lists all warnings.\n\n" +
			"The exit code is 2 if there are warnings. validate shows the same warnings, without those of --since and --max-administrators.",
		Example: "  rolecall lint examples/zoo\n" +
			"  rolecall lint --since origin/main access       # also renames without previously\n" +
			"  rolecall lint --max-administrators 2 access",
		GroupID:           groupFiles,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.check(c); err != nil {
				return err
			}
			return runLint(c.Context(), f, directory(args), &o)
		},
	}
	o.config.register(c)
	jsonFlag(c, &o.json)
	c.Flags().StringVar(&o.since, "since", "", "also look for renames without previously since the commit `REV`")
	c.Flags().IntVar(&o.maxAdministrators, "max-administrators", 0, "warn if the files declare more than `N` administrators (default: any number)")
	return c
}

// check refuses a number without a meaning, and completes the options.
func (o *lintOptions) check(c *cobra.Command) error {
	if !c.Flags().Changed("max-administrators") {
		o.maxAdministrators = anyNumber
	} else if o.maxAdministrators < 0 {
		return advise("Write a number of 0 or more.", "flag --max-administrators cannot be %d", o.maxAdministrators)
	}
	o.config.blocks = o.since != ""
	return nil
}

// anyNumber is the number of administrators that is no limit.
const anyNumber = -1

func runLint(ctx context.Context, f *Factory, dir string, o *lintOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	cfg, diags := o.config.load(f, dir)
	if !diags.HasErrors() {
		l := newLinter()
		l.maxAdministrators, l.since = o.maxAdministrators, o.since
		if o.since != "" {
			earlier, _, err := loadEarlier(ctx, f, dir, o.since, "--since", &o.config)
			if err != nil {
				return err
			}
			l.earlier = earlier
		}
		found := l.findings(cfg)
		cfg.LocateRows(found)
		diags = append(diags, o.config.reader(f.Environ).Diagnostics(found)...)
	}
	if o.json {
		if err := f.printJSON(validation(cfg, diags, nil)); err != nil {
			return err
		}
	} else if err := f.printDiagnostics(o.config.reader(f.Environ), diags); err != nil {
		return err
	}
	switch {
	case diags.HasErrors():
		return exitWith(exitError)
	case len(diags) > 0:
		return exitWith(exitChanges)
	case o.json:
		return nil
	}
	_, err := fmt.Fprintln(f.Out, text.Style(f.Color).Green("Nothing to report")+" in "+text.Clean(where(dir))+".")
	return err
}

// where names a directory in a sentence.
func where(dir string) string {
	if dir == "." {
		return "the configuration"
	}
	return dir
}

// A linter finds what is probably not meant in a configuration.
type linter struct {
	maxAdministrators int
	since             string
	earlier           *earlierConfig // of the commit; nil without one
	generated         map[string]bool
}

func newLinter() *linter { return &linter{maxAdministrators: anyNumber, generated: map[string]bool{}} }

// findings returns the warnings about all tenants.
func (l *linter) findings(cfg *config.Config) []schema.Finding {
	var all []schema.Finding
	for _, t := range cfg.Tenants {
		in := lint.Input{Tenant: t, MaxAdministrators: l.maxAdministrators, Since: l.since, Generated: l.isGenerated}
		if l.earlier != nil {
			in.Earlier, in.Renamed = l.earlier.tenant(t.Name), renamedBlocks(t.Name, l.earlier.Config, cfg)
		}
		all = append(all, lint.Check(in)...)
	}
	return all
}

// isGenerated reports whether rolecall wrote a file of the configuration.
func (l *linter) isGenerated(file string) bool {
	is, known := l.generated[file]
	if !known {
		is = startsWith(file, writtenMark)
		l.generated[file] = is
	}
	return is
}

// startsWith reports whether a file can be read and begins with a text.
func startsWith(path, text string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, int64(len(text))))
	return err == nil && slices.Equal(b, []byte(text))
}
