package roserocket_test

import (
	"path/filepath"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
)

// contract opens the description of Rose Rocket's API.
func contract(t testing.TB) *providertest.Contract {
	t.Helper()
	c, err := providertest.OpenContract(filepath.Join("testdata", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
