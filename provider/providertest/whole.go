package providertest

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// MustRead finds an object by its key, in any case, and reads the whole of it.
func MustRead(t testing.TB, c provider.Client, kind *schema.Kind, key string) schema.Object {
	t.Helper()
	for o, err := range c.List(t.Context(), kind) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.EqualFold(o.Addr.Key, key) {
			whole, err := c.Read(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			return whole
		}
	}
	t.Fatalf("there is no %s %s", kind.Name, key)
	return schema.Object{}
}
