package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// report prints what was imported and what was not.
func (i *importing) report(files *importFiles) {
	s, width := &i.f.Streams, i.f.helpWidth()
	skipped := 0
	for n, t := range i.c.config.Tenants {
		var counts []string
		for _, k := range t.Product.Kinds {
			if c := files.results[n].Declared[k.Name]; c > 0 {
				counts = append(counts, text.Count(c, text.Words(k.Name), text.Words(k.Many())))
			}
		}
		if len(counts) > 0 {
			fmt.Fprintln(s.Out, text.Wrap("Imported "+text.And(counts)+" of "+i.c.all[n].title()+".", width))
		}
		skipped += len(files.results[n].Skipped)
	}
	var names []string
	for _, f := range files.files {
		names = append(names, f.name)
	}
	slices.Sort(names)
	i.adviseKeys(files)
	switch {
	case len(names) == 0:
		fmt.Fprintln(s.Out, text.Wrap("Nothing new to import: the files declare, explain or ignore everything that exists.", width))
		return
	default:
		where := ""
		if i.dir != "." {
			where = " in " + text.Clean(i.dir)
		}
		fmt.Fprintln(s.Out, text.Wrap("Wrote "+text.And(names)+where+".", width))
	}
	if skipped > 0 {
		fmt.Fprintln(s.Out, notDeclared(skipped, width))
	}
	checked := "Checked: a plan of the files changes nothing."
	if i.remaining > 0 {
		checked = fmt.Sprintf("Checked: a plan of the files has only the %s that it had before.", text.Count(i.remaining, "change", "changes"))
	}
	fmt.Fprintln(s.Out, text.Wrap(checked, width))
	if i.product == nil {
		i.adviseIgnore(files)
		i.adviseProtect()
		return
	}
	steps := [][2]string{{commandLine("plan", i.dir), "show that nothing would change"}}
	if setting := i.hostSetting(); setting != "" {
		steps = append([][2]string{{"export " + setting, "allow sending the key there"}}, steps...)
	}
	printSteps(s, steps)
}

// hostSetting returns the environment variable with which other commands may send the key to the host
// that was typed; "" if they may already.
func (i *importing) hostSetting() string {
	b, err := newBlock(i.f.Products, i.c.config.Tenants[0])
	if err != nil || b.emulated() {
		return ""
	}
	allowed, err := i.options.hosts.parse(i.f.Environ)
	if err != nil {
		return ""
	}
	_, variable, _ := b.findKey(i.f.Environ) // it was found before
	_, unconfirmed, err := b.hosts(i.f.Environ, variable, allowed, true)
	server, _ := serverOf(b.endpoint())
	switch {
	case unconfirmed != "":
		of, _, _ := b.tenantHost(i.f.Environ, variable)
		return of + "=" + unconfirmed
	case err != nil:
		return allowHostsEnv + "=" + server.Name
	}
	return ""
}

// adviseKeys says which flags import objects of kinds that have no list, and which lists show what the
// key may see only.
func (i *importing) adviseKeys(files *importFiles) {
	for n, t := range i.c.config.Tenants {
		for _, k := range t.Product.Kinds {
			if k.ListScope != "" && t.Settings.Any(k.ListScope) == nil && i.c.listed[n][k.Name] != nil {
				fmt.Fprintln(i.f.Err, text.Wrap(fmt.Sprintf("%s lists only the %s that the key may see. Where it sees all of them, say so with %s in the provider block.",
					i.c.all[n].title(), k.Many(), k.ListScope), i.f.helpWidth()))
			}
			if missing := i.notShown(k, i.c.listed[n][k.Name], files.absent); len(missing) > 0 {
				fmt.Fprintln(i.f.Err, text.Wrap(fmt.Sprintf("%s shows no %s %s.", i.c.all[n].title(), k.Name, text.List(missing, 5)), i.f.helpWidth()))
			}
			if !k.NoList || k.Virtual || len(i.keysOf(k)) > 0 || len(i.options.kinds) > 0 {
				continue
			}
			var flags []string
			for _, row := range k.Keys() {
				flags = append(flags, "--"+row.Name+" "+example(row))
			}
			fmt.Fprintf(i.f.Err, "%s\n  %s\n", text.Wrap(fmt.Sprintf("%s has no list of its %s. To import some, name them:", i.c.all[n].title(), k.Many()), i.f.helpWidth()),
				commandLine("import "+strings.Join(flags, " "), i.dir))
		}
	}
}

// notShown returns the keys of flags for which the product shows nothing.
func (i *importing) notShown(k *schema.Kind, listed []schema.Object, absent map[schema.Address]bool) []string {
	if !k.NoList {
		return nil
	}
	shown := map[string]bool{}
	for n := range listed {
		shown[listed[n].Addr.Key] = !absent[listed[n].Addr]
	}
	var out []string
	for _, o := range i.keysOf(k) {
		if !shown[o.Addr.Key] {
			out = append(out, text.Clean(o.Addr.Key))
		}
	}
	slices.Sort(out)
	return out
}

// adviseIgnore names objects that an authoritative kind would remove because no file can declare them.
func (i *importing) adviseIgnore(files *importFiles) {
	for _, r := range files.results {
		var keys []string
		for _, s := range r.Skipped {
			if s.Ignore {
				keys = append(keys, text.Clean(s.Object.Addr.String()))
			}
		}
		if len(keys) > 0 {
			fmt.Fprintln(i.f.Err, text.Wrap("No file can declare "+text.List(keys, 5)+". An authoritative kind would remove them: add their keys to ignore in the manage block.", i.f.helpWidth()))
		}
	}
}

// adviseProtect names administrators whom no protect lists. Provider blocks are written by people.
func (i *importing) adviseProtect() {
	for n, t := range i.c.config.Tenants {
		var missing []string
		for _, address := range administratorsOf(t.Product, i.c.listed[n]) {
			if !slices.Contains(t.Protect, address) && !slices.Contains(t.Protect, t.Name+"."+address) {
				missing = append(missing, text.Clean(address))
			}
		}
		if len(missing) > 0 {
			fmt.Fprintln(i.f.Err, text.Wrap("Administrators that no protect lists: "+text.List(missing, 5)+". To make sure that no change removes them, add them to protect in the provider block.", i.f.helpWidth()))
		}
	}
}

// notDeclared says that some objects are only in comments.
func notDeclared(n, width int) string {
	return text.Wrap(text.Count(n, "object is", "objects are")+" not declared; comments in the files say why.", width)
}
