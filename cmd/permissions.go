package cmd

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type permissionsOptions struct {
	connectionFlags
	match     []string
	hcl, json bool
}

func newPermissionsCommand(f *Factory) *cobra.Command {
	var o permissionsOptions
	c := &cobra.Command{
		Use:   "permissions [DIR]",
		Short: "List the permissions that roles can grant",
		Long: "Connects to the tenants of the configuration in DIR (default: the current directory) and lists the permissions that the key can see, " +
			"with their sections, the permissions that they depend on, and the roles for which the product disables them. " +
			"If a product has no such list, permissions says so and lists what it can find. It only reads.",
		Example: "  rolecall permissions examples/zoo\n" +
			"  rolecall permissions --match 'review_*' examples/zoo\n" +
			"  rolecall permissions --match 'review_*' --hcl examples/zoo    # a list to paste into a role",
		GroupID:           groupProducts,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			return runPermissions(c.Context(), f, directory(args), &o)
		},
	}
	o.register(c)
	c.Flags().StringArrayVar(&o.match, "match", nil, "list only names that match `PATTERN`, such as 'review_*'; can be repeated")
	c.Flags().BoolVar(&o.hcl, "hcl", false, "print a list to paste into a configuration")
	jsonFlag(c, &o.json)
	c.MarkFlagsMutuallyExclusive("hcl", "json")
	return c
}

func runPermissions(ctx context.Context, f *Factory, dir string, o *permissionsOptions) error {
	for i, pattern := range o.match {
		if o.match[i] = strings.ToLower(pattern); !doublestar.ValidatePattern(pattern) {
			return advise("Write a pattern such as 'review_*', in quotes.", "flag --match cannot be %q", pattern)
		}
	}
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	c, err := openConnections(ctx, f, dir, &o.connectionFlags, nil, false)
	if err != nil {
		return interrupted(ctx, err)
	}
	defer c.close()
	out := permissionsJSON{FormatVersion: 2, Tenants: []tenantPermissions{}}
	for i, t := range c.all {
		lister, ok := t.client.(provider.PermissionLister)
		all := provider.Permissions{Notes: []string{t.product.Provider.Title + " has no list of permissions."}}
		if ok {
			if all, err = lister.Permissions(ctx, c.config.Tenants[i].Objects); err != nil {
				return interrupted(ctx, err)
			}
		}
		total := len(all.List)
		all.List = slices.DeleteFunc(all.List, func(p provider.Permission) bool { return !o.matches(p.Name) })
		if total > 0 && len(all.List) == 0 && !strings.ContainsAny(strings.Join(o.match, ""), "*?[{") {
			all.Notes = append(all.Notes, fmt.Sprintf("--match compares whole names. To match a part of a name, write --match '*%s*'.", o.match[0]))
		}
		out.Tenants = append(out.Tenants, newTenantPermissions(t, all, total))
	}
	switch {
	case o.json:
		return f.printJSON(out)
	case o.hcl:
		for i := range out.Tenants {
			out.Tenants[i].printHCL(f.Out)
		}
		return nil
	}
	for i := range out.Tenants {
		if i > 0 {
			fmt.Fprintln(f.Out)
		}
		out.Tenants[i].print(&f.Streams)
	}
	return nil
}

// matches reports whether a name is to be listed. Patterns are in lower case.
func (o *permissionsOptions) matches(name string) bool {
	return len(o.match) == 0 || slices.ContainsFunc(o.match, func(pattern string) bool {
		return doublestar.MatchUnvalidated(pattern, strings.ToLower(name))
	})
}

// permissionsJSON is what permissions --json prints; docs/json.md describes it.
type permissionsJSON struct {
	FormatVersion int                 `json:"format_version"`
	Tenants       []tenantPermissions `json:"tenants"`
}

type tenantPermissions struct {
	Provider    string           `json:"provider"`
	Product     string           `json:"product"`
	Tenant      string           `json:"tenant"`
	Notes       []string         `json:"notes"`
	Permissions []permissionJSON `json:"permissions"`

	attribute string
	bySection bool
	total     int // before --match
}

type permissionJSON struct {
	Name        string   `json:"name"`
	Section     string   `json:"section,omitempty"`
	DependsOn   []string `json:"depends_on,omitempty"`
	DisabledFor []string `json:"disabled_for,omitempty"`
	GrantedBy   []string `json:"granted_by,omitempty"`
}

func newTenantPermissions(c *connection, all provider.Permissions, total int) tenantPermissions {
	out := tenantPermissions{
		Provider: c.name, Product: c.product.Provider.Name, Tenant: c.tenantID(),
		Notes: append([]string{}, all.Notes...), Permissions: make([]permissionJSON, len(all.List)),
		attribute: all.Attribute, bySection: all.BySection, total: total,
	}
	for i, p := range all.List {
		out.Permissions[i] = permissionJSON(p)
	}
	return out
}

// note says what a permission needs and where it has no effect, or is empty.
func (p *permissionJSON) note() string {
	var parts []string
	add := func(words string, names []string) {
		if len(names) > 0 {
			parts = append(parts, words+text.List(names, 5))
		}
	}
	add("needs ", p.DependsOn)
	add("disabled for ", p.DisabledFor)
	add("granted by ", p.GrantedBy)
	return text.Clean(strings.Join(parts, "; "))
}

// print prints a table for people.
func (t *tenantPermissions) print(s *Streams) {
	w, p := s.Out, text.Style(s.Color)
	fmt.Fprintf(w, "%s\n", p.Bold(text.Clean(t.heading())))
	longest := 0
	for _, x := range t.Permissions {
		longest = max(longest, text.Width(text.Clean(x.Name)))
	}
	section := ""
	for i, x := range t.Permissions {
		if x.Section != section || i == 0 {
			if section = x.Section; section != "" || i == 0 {
				fmt.Fprintln(w)
			}
			if section != "" {
				fmt.Fprintln(w, p.Bold(text.Clean(section)))
			}
		}
		name := text.Clean(x.Name)
		line := "  " + p.Cyan(name)
		if note := x.note(); note != "" {
			line += strings.Repeat(" ", longest-text.Width(name)) + "  " + p.Faint(note)
		}
		fmt.Fprintln(w, line)
	}
	for _, note := range t.Notes {
		fmt.Fprintf(w, "\n%s\n", text.Wrap(text.Clean(note), s.helpWidth()))
	}
}

// heading says how many permissions there are.
func (t *tenantPermissions) heading() string {
	is := fmt.Sprintf("%s: tenant %s: ", t.Provider, t.Tenant)
	switch shown := len(t.Permissions); {
	case t.total == 0:
		return is + "no permissions to list"
	case shown == 0:
		return is + "none of " + text.Number(t.total) + " permissions matches"
	case shown < t.total:
		return is + fmt.Sprintf("%s of %s permissions match", text.Number(shown), text.Number(t.total))
	}
	return is + text.Count(t.total, "permission", "permissions")
}

// printHCL prints lists to paste: all names in one, or one for each section.
func (t *tenantPermissions) printHCL(w io.Writer) {
	fmt.Fprintf(w, "# %s\n", text.Clean(t.heading()))
	for _, note := range t.Notes {
		fmt.Fprintf(w, "# %s\n", text.Clean(note))
	}
	section := ""
	for i, x := range t.Permissions {
		begins := x.Section != section || i == 0
		section = x.Section
		if begins && section != "" && t.bySection {
			fmt.Fprintf(w, "\n# %s\n", text.Clean(section))
		}
		if i == 0 || begins && t.bySection {
			fmt.Fprintf(w, "%s = [\n", t.attribute)
		}
		if begins && section != "" && !t.bySection {
			fmt.Fprintf(w, "  # %s\n", text.Clean(section))
		}
		line := "  " + text.Clean(string(hclwrite.TokensForValue(cty.StringVal(x.Name)).Bytes())) + ","
		if note := x.note(); note != "" {
			line += " # " + note
		}
		fmt.Fprintln(w, line)
		if last := i == len(t.Permissions)-1; last || t.bySection && t.Permissions[i+1].Section != section {
			fmt.Fprintln(w, "]")
		}
	}
}
