package tines

import "github.com/rolecall-dev/rolecall/provider"

// Minutes is how long the changes take under the budgets, each of which is spent
// while the others are.
func (c *client) Minutes(changes []provider.Request) float64 { return 0 }
