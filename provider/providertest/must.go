package providertest

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// MustClose closes the emulator at the end of the test.
func MustClose(t testing.TB, emulator io.Closer) {
	t.Helper()
	t.Cleanup(func() {
		if err := emulator.Close(); err != nil {
			t.Error(err)
		}
	})
}

// MustRead finds an object by its key, ignoring letter case, and reads it in full.
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

// MustOpenContract opens testdata/openapi.yaml, the description of a product's API.
func MustOpenContract(t testing.TB) *Contract {
	t.Helper()
	c, err := OpenContract(filepath.Join("testdata", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
