package drift

import (
	"encoding/base64"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Hashes has one hash for each attribute of an object, one after the other. A hash of dots says that it
// is not known who set the value.
type hashes string

// hashSize is the number of characters of a hash.
const hashSize = 11

var noHash = strings.Repeat(".", hashSize)

// hashOf returns the hash of the value of an attribute of a body.
func hashOf(a *schema.Attribute, body any) string {
	sum := plan.ValueDigest(a, body)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// at returns the hash of the attribute with the index, or "" if it is not known.
func (h hashes) at(i int) string {
	if i < 0 || len(h) < (i+1)*hashSize {
		return ""
	}
	if s := string(h[i*hashSize : (i+1)*hashSize]); s != noHash {
		return s
	}
	return ""
}

// with returns the hashes with another one, or without one if the new one is "".
func (h hashes) with(i int, hash string) hashes {
	if hash == "" {
		hash = noHash
	}
	return h[:i*hashSize] + hashes(hash) + h[(i+1)*hashSize:]
}

// size returns the number of hashes.
func (h hashes) size() int { return len(h) / hashSize }

// hashesOf returns the hashes of an object, in the order of recorded.
func hashesOf(o *schema.Object) hashes {
	var b strings.Builder
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		switch {
		case !recorded(a):
		case o.Set.Has(i):
			b.WriteString(hashOf(a, o.Body))
		default:
			b.WriteString(noHash)
		}
	}
	return hashes(b.String())
}

// recorded reports whether baselines have a hash of the attribute.
func recorded(a *schema.Attribute) bool { return a.Comparable() && !a.Is(schema.Key) }
