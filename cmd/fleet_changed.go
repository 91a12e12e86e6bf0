package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/config/revision"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// changedTenants returns the names of the tenants that may plan something else than at a commit: a file
// that they may read changed, or their values in the fleet file. It reads no file of a tenant.
func changedTenants(ctx context.Context, f *Factory, fleet *config.Fleet, name string, c *configFlags) (map[string]bool, error) {
	const flag = "--changed-since"
	dir, err := filetree.RealPath(filepath.Dir(fleet.Path))
	if err != nil {
		return nil, err
	}
	commit, err := f.openCommit(ctx, dir, name)
	if err != nil {
		return nil, noCommit(dir, name, flag, err)
	}
	defer commit.Close() // what reading misses is an error of reading
	changed, err := commit.Changed()
	if err != nil {
		return nil, noCommit(dir, name, flag, err)
	}
	m := newTenantPlaces(fleet, dir)
	root, own := "", filepath.Join(dir, filepath.Base(fleet.Path))
	if c.root != "" {
		if root, err = filetree.RealPath(c.root); err != nil {
			return nil, err
		}
	}
	files := map[string]bool{}
	for _, name := range fleet.Files {
		if abs, err := filepath.Abs(name); err == nil {
			files[abs] = true
		}
		if real, err := filetree.RealPath(name); err == nil { // a link to a file of a tenant
			files[real] = true
		}
		files[filepath.Join(dir, relativeTo(filepath.Dir(fleet.Path), name))] = true
	}
	out, fleetChanged := map[string]bool{}, false
	for _, name := range changed {
		path := filepath.Join(commit.Top(), filepath.FromSlash(name))
		inside := m.mark(path, out)
		fleetChanged = fleetChanged || !inside || files[path]
		if !inside && root != "" && path != own && below(root, path) {
			m.markAll(out)
		}
	}
	if fleetChanged {
		compareFleets(f, fleet, commit, c, out)
	}
	return out, nil
}

// compareFleets marks the tenants whose values differ between the fleet file and that of a commit.
func compareFleets(f *Factory, now *config.Fleet, commit *revision.Commit, c *configFlags, out map[string]bool) {
	before, diags := c.readFleet(f, now.Path, commit)
	if diags.HasErrors() {
		fmt.Fprintf(f.Err, "%s cannot be read as it was at %s, so all tenants count as changed: %s\n", text.Clean(now.Path), text.Clean(commit.Name), text.Clean(diags[0].Summary))
		for i := range now.Tenants {
			out[now.Tenants[i].Name] = true
		}
		return
	}
	earlier := map[string]*config.FleetTenant{}
	for i := range before.Tenants {
		earlier[before.Tenants[i].Name] = &before.Tenants[i]
	}
	for i := range now.Tenants {
		t := &now.Tenants[i]
		if was := earlier[t.Name]; was == nil || !t.SameConfiguration(was) {
			out[t.Name] = true
		}
		delete(earlier, t.Name)
	}
	if len(earlier) > 0 {
		var names []string
		for name := range earlier {
			names = append(names, name)
		}
		slices.Sort(names)
		fmt.Fprintf(f.Err, "No longer in the fleet: %s. rolecall changes nothing there.\n", text.List(names, 10))
	}
}

// tenantPlaces are the absolute paths of the directories and files of the tenants of a fleet, without
// links and as the fleet file has them.
type tenantPlaces struct {
	fleet  *config.Fleet
	at     map[string][]int // tenants by place
	sorted []string         // places
}

func newTenantPlaces(fleet *config.Fleet, dir string) *tenantPlaces {
	m := &tenantPlaces{fleet: fleet, at: map[string][]int{}}
	for i := range fleet.Tenants {
		t := &fleet.Tenants[i]
		places := []string{t.RealDirectory, filepath.Join(dir, relativeTo(filepath.Dir(fleet.Path), t.Directory))}
		if t.VariablesFile != "" {
			places = append(places, t.RealFile, filepath.Join(dir, relativeTo(filepath.Dir(fleet.Path), t.VariablesFile)))
		}
		slices.Sort(places)
		for _, p := range slices.Compact(places) {
			if m.at[p] == nil {
				m.sorted = append(m.sorted, p)
			}
			m.at[p] = append(m.at[p], i)
		}
	}
	slices.Sort(m.sorted)
	return m
}

// mark marks the tenants that may read a changed file, and reports whether there are any. A
// configuration reads no hidden files.
func (m *tenantPlaces) mark(path string, out map[string]bool) bool {
	inside := false
	add := func(place string) {
		for _, i := range m.at[place] {
			inside, out[m.fleet.Tenants[i].Name] = true, true
		}
	}
	for place, visible := path, true; visible; {
		add(place)
		parent := filepath.Dir(place)
		visible = !strings.HasPrefix(filepath.Base(place), ".") && parent != place
		place = parent
	}
	// A submodule, or a link that was a directory: it may hold places.
	holds := path + string(filepath.Separator)
	for i, _ := slices.BinarySearch(m.sorted, holds); i < len(m.sorted) && strings.HasPrefix(m.sorted[i], holds); i++ {
		add(m.sorted[i])
	}
	return inside
}

func (m *tenantPlaces) markAll(out map[string]bool) {
	for i := range m.fleet.Tenants {
		out[m.fleet.Tenants[i].Name] = true
	}
}

// below reports whether a path is below a directory, in nothing hidden.
func below(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), func(part string) bool { return strings.HasPrefix(part, ".") })
}

// relativeTo returns a path below a directory as relative to it. Both are relative to the same directory, or absolute.
func relativeTo(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return path
	}
	return rel
}
