package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type expiringOptions struct {
	config configFlags
	format string
	json   bool
	within string
}

// defaultWithin is how far rolecall expiring looks.
const defaultWithin = "30d"

func newExpiringCommand(f *Factory) *cobra.Command {
	var o expiringOptions
	c := &cobra.Command{
		Use:   "expiring [DIR]",
		Short: "List temporary access that ends soon, or that has ended",
		Long: "Lists the blocks and entries of the configuration in DIR (default: the current directory) that expire within some days, and those that " +
			"have expired and are still in the files. It ends with exit code 2 if there are any. It reads only the files and needs neither a key nor network access: " +
			"whether access that has ended is still there is shown by rolecall plan and rolecall drift, and rolecall apply removes it.",
		Example: "  rolecall expiring access\n" +
			"  rolecall expiring --within 14d access\n" +
			"  rolecall expiring --within 0d access                 # only what has expired\n" +
			"  rolecall expiring --format markdown access > expiring.md",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE:              func(_ *cobra.Command, args []string) error { return runExpiring(f, directory(args), &o) },
	}
	o.config.register(c)
	c.Flags().StringVar(&o.within, "within", defaultWithin, "list what expires within `DAYS`, such as 30d or 4w")
	formatFlag(c, &o.format, formatText, "markdown")
	jsonFlag(c, &o.json)
	c.MarkFlagsMutuallyExclusive("format", "json")
	return c
}

// maxDays is the most that --within takes: a hundred years.
const maxDays = 36_500

// parseDays reads a number of days or weeks, such as "30d" or "4w".
func parseDays(s string) (int, error) {
	unit := 1
	number, ok := strings.CutSuffix(s, "d")
	if !ok {
		unit = 7
		number, ok = strings.CutSuffix(s, "w")
	}
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 || n > maxDays/unit {
		return 0, advise(fmt.Sprintf("Write a number of days or weeks, such as 30d or 4w, up to %dd.", maxDays), "flag --within cannot be %q", s)
	}
	return n * unit, nil
}

func runExpiring(f *Factory, dir string, o *expiringOptions) error {
	within, err := parseDays(o.within)
	if err != nil {
		return err
	}
	cfg, _, err := loadToConnect(f, dir, &o.config, nil)
	if err != nil {
		return err
	}
	cfg.PointAtEntries()
	var all []render.Expiry
	n := 0
	for _, t := range cfg.Tenants {
		x := render.Expiry{
			Provider: t.Name, Product: t.Product.Name, Today: t.Today, TimeZone: t.TimeZone, Within: within, List: plan.ExpiringWithin(t, within),
		}
		all, n = append(all, x), n+len(x.List)
	}
	switch {
	case o.json:
		err = f.printJSON(newExpiringJSON(f.Version.Release, all))
	case o.format == formatText:
		err = render.ExpiryText(f.Out, all, render.Options{Width: f.Width, Color: f.Color})
	default:
		err = render.ExpiryMarkdown(f.Out, all)
	}
	if err == nil && n > 0 {
		return exitWith(exitChanges)
	}
	return err
}

// expiredFindings warns of what has expired and is still in the files, once for each kind.
func expiredFindings(tenants []*schema.Tenant) []schema.Finding {
	var out []schema.Finding
	for _, t := range tenants {
		byKind := map[string][]*schema.Object{}
		for _, o := range t.Expired() {
			byKind[o.Addr.Kind] = append(byKind[o.Addr.Kind], o)
		}
		for _, k := range t.Product.Kinds {
			list := byKind[k.Name]
			if len(list) == 0 {
				continue
			}
			slices.SortStableFunc(list, func(a, b *schema.Object) int { return cmp.Compare(a.Term.Days, b.Term.Days) })
			o := list[0]
			more := ""
			if n := len(list) - 1; n > 0 {
				more = " " + text.Count(n, "more "+text.Words(k.Name), "more "+text.Words(k.Many())) + " expired; rolecall expiring lists them."
			}
			out = append(out, schema.Finding{
				Severity: schema.Warning, Code: "config/expired", Addr: o.Addr, Pos: o.Pos, Summary: "Expired, and still in the files",
				Detail: fmt.Sprintf("%s counts as removed since %s (%s). rolecall apply removes what is left of it. When it is gone, delete it from the files.%s",
					o.Addr, o.Until(), render.DaysAgo(-o.Term.Days), more),
			})
		}
	}
	return out
}

// expiringJSON is what expiring --json prints; docs/json.md describes it.
type expiringJSON struct {
	FormatVersion int                  `json:"format_version"`
	Version       string               `json:"rolecall_version"`
	Within        int                  `json:"within_days"`
	Tenants       []expiringTenantJSON `json:"tenants"`
}

type expiringTenantJSON struct {
	Provider string          `json:"provider"`
	Product  string          `json:"product"`
	Today    string          `json:"today"`
	TimeZone string          `json:"time_zone"`
	Expiring []plan.Expiring `json:"expiring"`
}

func newExpiringJSON(version string, all []render.Expiry) expiringJSON {
	out := expiringJSON{FormatVersion: 1, Version: version, Tenants: []expiringTenantJSON{}}
	for _, x := range all {
		out.Within = x.Within
		out.Tenants = append(out.Tenants, expiringTenantJSON{x.Provider, x.Product, x.Today, x.TimeZone, append([]plan.Expiring{}, x.List...)})
	}
	return out
}
