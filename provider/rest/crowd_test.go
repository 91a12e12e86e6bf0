package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// Where many calls share a small budget, one may be refused time and again because
// the others were faster. Its tries are bounded all the same.
func TestTooManyWhileOthersGetThrough(t *testing.T) {
	for _, c := range []struct {
		name   string
		others bool
	}{
		{"others get through", true},
		{"nobody gets through", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var client *rest.Client
			slow := 0
			p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/quick") {
					say(w, 200, "{}")
					return
				}
				if slow++; slow > 20 {
					say(w, 200, "{}")
					return
				}
				if c.others {
					if err := client.Do(r.Context(), rest.Call{Op: "be quick", Path: "/quick"}, nil); err != nil {
						t.Error(err)
					}
				}
				w.Header().Set("Retry-After", "1")
				say(w, 429, "")
			})
			client = rest.New(p.config(t))
			err := client.Do(t.Context(), rest.Call{Op: "be slow", Path: "/slow"}, nil)
			if err == nil || slow != 6 {
				t.Errorf("%d requests and %v, want 6 and an error", slow, err)
			}
		})
	}
}
