package provider_test

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{provider.Count(0, "user", "users"), "0 users"},
		{provider.Count(1, "user", "users"), "1 user"},
		{provider.Count(2, "user", "users"), "2 users"},
		{provider.List(nil, 3), ""},
		{provider.List([]string{"a"}, 3), "a"},
		{provider.List([]string{"a", "b", "c"}, 3), "a, b and c"},
		{provider.List([]string{"a", "b", "c", "d"}, 3), "a, b, c and 1 more"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
