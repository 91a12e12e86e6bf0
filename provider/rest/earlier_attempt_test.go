package rest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A write that is repeated may be refused because the first attempt took effect: the outcome is
// then unknown, and not a refusal. After a first attempt that was certainly refused, it is one.
func TestRefusalOfARepeatedWrite(t *testing.T) {
	for first, unknown := range map[int]bool{http.StatusBadGateway: true, http.StatusTooManyRequests: false} {
		p := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				say(w, first, `{}`)
				return
			}
			say(w, http.StatusBadRequest, `{}`)
		})
		err := rest.New(p.config(t)).Do(context.Background(), rest.Call{Method: http.MethodPut, Path: "/roles/7", Body: map[string]any{}, Idempotent: true}, nil)
		if provider.Status(err) != http.StatusBadRequest || errors.Is(err, provider.ErrAmbiguous) != unknown {
			t.Errorf("%d, then 400: %v", first, err)
		}
	}
}

func TestRequireID(t *testing.T) {
	for answered, want := range map[string]string{"7": "", "": "the answer is not a user", "8": "the answer is the user 8, and 7 was asked for"} {
		got := ""
		if err := rest.RequireID("user", "7", answered); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", answered, got, want)
		}
	}
}
