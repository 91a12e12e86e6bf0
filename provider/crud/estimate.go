package crud

import (
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Requests are numbers of requests by the name of the rate class that the product counts
// them in. "" is the class of all requests that have no limit of their own.
type Requests map[string]int

// An Estimator is a Resource that says how many requests a change takes, the reads before
// and after it included. Without it, each change is read, written and read back; only the
// first read is left out for an object to be created of a kind that is Unique.
type Estimator interface {
	Estimate(r provider.Request) Requests
}

// Estimate returns how many requests a change takes: one if the object is looked up and read
// back together with others.
func (c *Client) Estimate(r provider.Request) Requests {
	if r.Unread {
		r.Unread = false
		if alone := c.Estimate(r); len(alone) == 1 {
			for class := range alone {
				return Requests{class: 1}
			}
		}
		return Requests{"": 1}
	}
	if e, ok := c.Resource(r.Addr.Kind).(Estimator); ok {
		return e.Estimate(r)
	}
	if r.Action == schema.Create && r.Want.Kind.Unique {
		return Requests{"": 2}
	}
	return Requests{"": 3}
}

// EstimateRequests returns how many requests a change takes in all rate classes together.
func (c *Client) EstimateRequests(r provider.Request) int {
	all := 0
	for _, n := range c.Estimate(r) {
		all += n
	}
	return all
}

// EstimateMinutes returns how long changes take under the Budgets. The classes are used at the
// same time, so the slowest counts. It is 0 for a product that has none.
func (c *Client) EstimateMinutes(changes []provider.Request) float64 {
	if len(c.Budgets) == 0 {
		return 0
	}
	sum := Requests{}
	for _, r := range changes {
		for class, n := range c.Estimate(r) {
			sum[class] += n
		}
	}
	longest := 0.0
	for class, budget := range c.Budgets {
		longest = max(longest, provider.Minutes(0, sum[class], budget))
	}
	return longest
}
