package live

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// requests returns the requests of the changes that write.
func requests(p *plan.Plan) []provider.Request {
	var out []provider.Request
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action.Writes() {
			out = append(out, provider.Request{Action: c.Action, Addr: c.Addr, Have: c.Have, Want: c.Want, Changed: c.Changed})
		}
	}
	return out
}

// estimate counts the requests of planning, and estimates those of applying the plan.
func estimate(s *Input, live map[string][]schema.Object, p *plan.Plan) plan.Requests {
	c := plan.Requests{Budget: s.Budget}
	pricer, priced := s.Client.(provider.RequestEstimator)
	all := requests(p)
	c.Estimated += countPages(s.Client, live, p, all)
	for _, r := range all {
		switch {
		case priced:
			c.Estimated += pricer.EstimateRequests(r)
		case r.Unread:
			c.Estimated++
		default:
			c.Estimated += 3 // read, write, read back
		}
	}
	for i := range p.Changes {
		if p.Changes[i].Demotes && p.Changes[i].Action.Writes() {
			c.Estimated += 2 // an administrator who stays is read before and after
		}
	}
	if s.Sent != nil {
		c.Spent = s.Sent()
	}
	c.Minutes = provider.Minutes(c.Spent, c.Estimated, c.Budget)
	if classes, ok := s.Client.(provider.DurationEstimator); ok {
		c.Minutes = max(c.Minutes, classes.EstimateMinutes(all))
	}
	return c
}

// countPages counts the requests for pages on which apply looks up many new objects before it
// creates them, and verifies them afterwards. It marks the creates, which then take one request
// each.
func countPages(client provider.Client, live map[string][]schema.Object, p *plan.Plan, all []provider.Request) int {
	pages, ok := client.(provider.PageReader)
	if !ok {
		return 0
	}
	together := map[schema.Address]bool{}
	for i, by := range p.ByPages(pages.Pages) {
		if by {
			together[p.Changes[i].Addr] = true
		}
	}
	wants := map[string][]*schema.Object{}
	for i := range all {
		if r := &all[i]; r.Action == schema.Create && together[r.Addr] {
			r.Unread = true
			wants[r.Addr.Kind] = append(wants[r.Addr.Kind], r.Want)
		}
	}
	total := 0
	for kind, w := range wants {
		n := pages.Pages(w, len(w)+len(live[kind]))
		total += n
		if !w[0].Kind.Unique {
			total += n * plan.Looks(len(w), n)
		}
	}
	return total
}
