package plan

import "github.com/rolecall-dev/rolecall/provider/schema"

// PerLook is the number of objects that are created per page of existing objects before the pages
// are read again, because others may create objects too.
const PerLook = 20

// Looks returns how often the pages are read for objects that are created together.
func Looks(objects, pages int) int { return (objects + PerLook*pages - 1) / (PerLook * pages) }

// ByPages reports for each change whether it is made together with others of its kind: the objects
// are looked up together before they are created, and verified together after the last one, on
// pages of the product's lists. It does so for creates if the pages take fewer than half as many
// requests as there are objects. pages returns the number of requests for the pages, where listed is
// the number of objects of the kind after the plan; 0 if each object has to be read alone.
func (p *Plan) ByPages(pages func(wants []*schema.Object, listed int) int) []bool {
	listed := map[string]int{}
	for kind, n := range p.Unchanged {
		listed[kind] += n
	}
	for _, u := range p.Unmanaged {
		listed[u.Kind] += len(u.Keys)
	}
	wants := map[string][]*schema.Object{}
	for i := range p.Changes {
		c := &p.Changes[i]
		listed[c.Addr.Kind]++
		if c.Action == schema.Create {
			wants[c.Addr.Kind] = append(wants[c.Addr.Kind], c.Want)
		}
	}
	together := map[string]bool{}
	for kind, w := range wants {
		n := pages(w, listed[kind])
		together[kind] = n > 0 && len(w) > 2*n
	}
	out := make([]bool, len(p.Changes))
	for i := range p.Changes {
		out[i] = p.Changes[i].Action == schema.Create && together[p.Changes[i].Addr.Kind]
	}
	return out
}
