package writer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxSetName is the number of members that the name of a set lists.
const maxSetName = 4

// setText is what equal sets have in common.
func setText(set []string) string { return strings.Join(set, "\x00") }

// nameSets makes one virtual object of all equal sets of attributes that refer through a virtual
// kind, and returns the files of those kinds.
func (w *writer) nameSets(files []*kindFile) []*kindFile {
	w.sets = map[string]map[string]string{}
	var out []*kindFile
	for _, k := range w.product.Kinds {
		if k.Virtual {
			if f := w.nameSetsOf(k, files); f != nil {
				out = append(out, f)
			}
		}
	}
	return out
}

func (w *writer) nameSetsOf(k *schema.Kind, files []*kindFile) *kindFile {
	value := setAttribute(k)
	labels := k.Labels()
	if value < 0 || len(labels) != 1 {
		return nil
	}
	a := &k.Attributes[value]
	named := w.existingSets(k, a)
	w.sets[k.Name] = named
	found := map[string][]string{}
	for _, f := range files {
		collectSets(f, k.Name, func(set []string) {
			if _, known := named[setText(set)]; !known && len(set) > 0 {
				found[setText(set)] = set
			}
		})
	}
	file := &kindFile{kind: k}
	for _, set := range slices.SortedFunc(maps.Values(found), slices.Compare) {
		o := &schema.Object{Kind: k, Body: k.New(), Set: k.Mask(a.Name, labels[0].Name)}
		label := w.unique(k, w.setName(k, a, set))[0]
		labels[0].SetAny(o.Body, label)
		a.SetAny(o.Body, slices.Clone(set))
		o.Rekey()
		named[setText(set)] = label
		file.blocks = append(file.blocks, entry{object: o, labels: []string{label}, shape: k.Mask(a.Name)})
	}
	w.result.Declared[k.Name] += len(file.blocks)
	return file
}

// setAttribute returns the index of the attribute whose value stands for a set; -1 if there is
// none.
func setAttribute(k *schema.Kind) int {
	return slices.IndexFunc(k.Attributes, func(a schema.Attribute) bool { return a.Type == schema.TypeSet })
}

// existingSets returns the labels of the sets that files declare by a block without for_each.
func (w *writer) existingSets(k *schema.Kind, a *schema.Attribute) map[string]string {
	out := map[string]string{}
	for i := range w.Tenant.Objects {
		o := &w.Tenant.Objects[i]
		if r, ok := w.Existing.References[k.Name][o.Addr.Key]; o.Kind == k && ok && r.Key == "" {
			out[setText(a.Texts(o.Body))] = r.Label
		}
	}
	return out
}

// collectSets calls f with the inner sets of all attributes through the virtual kind.
func collectSets(f *kindFile, via string, yield func([]string)) {
	for i := range f.kind.Attributes {
		a := &f.kind.Attributes[i]
		if a.Via != via || a.Type != schema.TypeSets {
			continue
		}
		of := func(entries []entry) {
			for _, e := range entries {
				if e.shape.Has(i) {
					for _, set := range a.Any(e.object.Body).([][]string) {
						yield(set)
					}
				}
			}
		}
		of(f.blocks)
		for _, r := range f.rosters {
			of(r.rows)
		}
	}
}

// setName makes a name of the members, such as europe_birds of "Continent/Europe" and
// "Class/Birds".
func (w *writer) setName(k *schema.Kind, a *schema.Attribute, set []string) string {
	var parts []string
	for i, key := range set {
		if i == maxSetName {
			parts = append(parts, fmt.Sprintf("and_%d_more", len(set)-i))
			break
		}
		name := key
		for _, kind := range a.Kinds {
			member := w.product.Kind(kind)
			if all, ok := schema.SplitKey(key, len(member.Keys())); ok {
				name = all[len(all)-1]
			}
		}
		parts = append(parts, name)
	}
	return identifier(k, strings.Join(parts, "_"))
}
