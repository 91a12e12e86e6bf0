package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Marker returns the hidden HTML comment by which a comment or an issue about a tenant is found
// again. What says what it is, such as "plan". Equal arguments give equal markers, and others
// different ones. A marker has only a hash of its arguments, so it does not show the tenant, and no
// argument can end the HTML comment.
func Marker(what, product, tenant string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", what, product, tenant))
	return "<!-- rolecall:" + hex.EncodeToString(sum[:16]) + " -->"
}
