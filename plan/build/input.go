package build

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Input is what a plan is computed from.
type Input struct {
	Tenant   *schema.Tenant // the files' view; objects resolved
	ID       string         // the product's id of the tenant
	Endpoint string
	Self     schema.Address
	Live     map[string][]schema.Object // by kind; a missing key means not listed, an empty slice means none
	Index    *schema.Index
	Labels   map[string]string
	Targets  []string // addresses; empty means everything
	Recent   plan.Recent
	Approved *plan.Approval // what may be executed; nil means everything
}
