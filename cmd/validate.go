package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type validateOptions struct {
	config configFlags
	json   bool
	checks bool
	junit  string
}

func newValidateCommand(f *Factory) *cobra.Command {
	var o validateOptions
	c := &cobra.Command{
		Use:   "validate [DIR]",
		Short: "Check the configuration without network access",
		Long: "Checks the configuration in DIR (default: the current directory) and reports every error with its file and line. " +
			"validate needs neither a key nor network access. What only the product knows, such as the names of " +
			"permissions, is checked by plan. The warnings of rolecall lint are shown too.\n\n" +
			"Check blocks are evaluated with what the files declare, and one that fails is a warning, because users and roles may exist that no file " +
			"declares. With --checks it is an error: use that if the files declare the whole organization, as after import, to test who may do what without a key.",
		Example: "  rolecall validate\n  rolecall validate examples/zoo\n  rolecall validate --var-file staging.vars.hcl --json access\n" +
			"  rolecall validate --checks --junit checks.xml access    # test who may do what",
		GroupID:           groupFiles,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE:              func(_ *cobra.Command, args []string) error { return runValidate(f, directory(args), &o) },
	}
	o.config.register(c)
	jsonFlag(c, &o.json)
	c.Flags().BoolVar(&o.checks, "checks", false, "take the files for the whole organization: a check block that fails or is undecided is an error")
	junitFlag(c, &o.junit)
	return c
}

func runValidate(f *Factory, dir string, o *validateOptions) error {
	cfg, diags := o.config.load(f, dir)
	var results []tenantChecks
	if !diags.HasErrors() {
		found := append(newLinter().findings(cfg), expiredFindings(cfg.Tenants)...)
		cfg.LocateRows(found)
		checked, wrong := checkFiles(cfg, o.checks)
		results = checked
		diags = append(diags, o.config.reader(f.Environ).Diagnostics(append(found, wrong...))...)
		if err := f.saveJUnit(o.junit, results); err != nil {
			return err
		}
	}
	if o.json {
		if err := f.printJSON(validation(cfg, diags, results)); err != nil {
			return err
		}
	} else if err := f.printDiagnostics(o.config.reader(f.Environ), diags); err != nil {
		return err
	}
	errs, warnings := severities(diags)
	if errs > 0 {
		return exitWith(exitError)
	}
	if o.json {
		return nil
	}
	verdict := text.Clean(dir) + " is valid"
	if dir == "." {
		verdict = "The configuration is valid"
	}
	line := verdict
	if warnings > 0 {
		line += ", with " + tally(errs, warnings)
	}
	line = text.Wrap(line+": "+text.Clean(inventory(cfg)), f.Width)
	if rest, whole := strings.CutPrefix(line, verdict); whole {
		line = text.Style(f.Color).Green(verdict) + rest
	}
	if _, err := fmt.Fprintln(f.Out, line); err != nil {
		return err
	}
	for _, t := range results {
		if s := render.ChecksText(t.results); s != "" {
			if _, err := fmt.Fprintln(f.Out, text.Wrap(checksHead(cfg, t.provider)+text.Clean(s), f.Width)); err != nil {
				return err
			}
		}
	}
	return nil
}

// inventory counts what was found: "3 sections, 11 groups and 3 users."
func inventory(cfg *config.Config) string {
	var all []string
	for _, t := range cfg.Tenants {
		var parts []string
		for _, k := range t.Product.Kinds {
			if n := declared(t, k); n > 0 {
				parts = append(parts, text.Count(n, text.Words(k.Name), text.Words(k.Many())))
			}
		}
		list, has := "nothing is declared yet", t.Name+": "
		if len(parts) > 0 {
			list, has = text.And(parts), t.Name+" has "
		}
		if len(cfg.Tenants) > 1 {
			list = has + list
		}
		all = append(all, list)
	}
	return strings.Join(all, "; ") + "."
}

func declared(t *schema.Tenant, k *schema.Kind) int {
	n := 0
	for i := range t.Objects {
		if t.Objects[i].Kind == k {
			n++
		}
	}
	return n
}

// validationJSON is what validate --json prints; docs/json.md describes it.
type validationJSON struct {
	FormatVersion int              `json:"format_version"`
	Valid         bool             `json:"valid"`
	Errors        int              `json:"error_count"`
	Warnings      int              `json:"warning_count"`
	Diagnostics   []diagnosticJSON `json:"diagnostics"`
	Tenants       []tenantJSON     `json:"tenants"`
	Checks        []checkJSON      `json:"checks,omitempty"`
}

type tenantJSON struct {
	Name    string         `json:"name"`
	Product string         `json:"product"`
	Objects map[string]int `json:"objects"`
}

func validation(cfg *config.Config, diags hcl.Diagnostics, results []tenantChecks) validationJSON {
	out := validationJSON{FormatVersion: 2, Diagnostics: diagnosticsJSON(diags), Tenants: []tenantJSON{}}
	out.Errors, out.Warnings = severities(diags)
	out.Valid = out.Errors == 0
	out.Checks = newChecksJSON(results)
	if cfg == nil {
		return out
	}
	for _, t := range cfg.Tenants {
		j := tenantJSON{Name: t.Name, Product: t.Product.Name, Objects: map[string]int{}}
		for _, k := range t.Product.Kinds {
			if n := declared(t, k); n > 0 {
				j.Objects[k.Name] = n
			}
		}
		out.Tenants = append(out.Tenants, j)
	}
	slices.SortStableFunc(out.Tenants, func(a, b tenantJSON) int { return strings.Compare(a.Name, b.Name) })
	return out
}
