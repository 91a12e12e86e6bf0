// Package grant says who can do what, and who gains or loses what.
package grant

import "github.com/rolecall-dev/rolecall/provider/schema"

// A Difference is what one subject gains and loses.
type Difference struct {
	Subject schema.Address
	Gained  []schema.Grant
	Lost    []schema.Grant
	Because []schema.Address // the changes that reach the subject, its own included
}
