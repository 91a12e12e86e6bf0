package rest_test

import (
	"errors"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

func TestCache(t *testing.T) {
	var m rest.Cache[int]
	asked, broken := 0, errors.New("broken")
	fetch := func(err error) (int, error) {
		return m.Value(func() (int, error) { asked++; return asked, err })
	}
	if _, err := fetch(broken); !errors.Is(err, broken) {
		t.Error(err)
	}
	for range 2 { // a failure was not kept, a success is
		if got, err := fetch(nil); got != 2 || err != nil {
			t.Error(got, err)
		}
	}
	m.Clear()
	if got, err := fetch(nil); got != 3 || err != nil {
		t.Error(got, err)
	}
}
