package cmd_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

type clubSettings struct{ Endpoint string }

// A connected client is in tenant 7, whatever the endpoint is called.
type connected struct{ provider.Client }

func (connected) Identity() provider.Identity { return provider.Identity{Tenant: "7"} }

// Two provider blocks that turn out to be for one tenant are refused after connecting,
// where the settings do not tell.
func TestTwoBlocksForOneTenant(t *testing.T) {
	type member struct{ Name string }
	club := provider.Provider{
		Product: schema.Product{
			Name: "club", Title: "Club", KeyEnv: "CLUB_KEY", Hosts: []string{"one.example", "two.example"},
			Settings: &schema.Kind{Name: "settings", Attributes: []schema.Attribute{
				schema.String("endpoint", "Base URL.", func(s *clubSettings) *string { return &s.Endpoint }),
			}},
			Kinds: []*schema.Kind{{Name: "member", Attributes: []schema.Attribute{
				schema.String("name", "Name.", func(m *member) *string { return &m.Name }).With(schema.Key | schema.Label),
			}}},
		},
		Endpoint: func(s *schema.Object) string { return s.Body.(*clubSettings).Endpoint },
		Budget:   func(*schema.Object) int { return 0 },
		Reads:    func(string, string) bool { return true },
		Connect:  func(context.Context, provider.Options) (provider.Client, error) { return connected{}, nil },
	}
	dir := t.TempDir()
	files := `
provider "club" "one" { endpoint = "https://one.example" }
provider "club" "two" { endpoint = "https://two.example" }
`
	if err := os.WriteFile(filepath.Join(dir, "club.hcl"), []byte(files), 0o600); err != nil {
		t.Fatal(err)
	}
	f := cmd.System()
	var out bytes.Buffer
	f.Out, f.Err = &out, &out
	f.Environ = []string{"CLUB_KEY=secret", "CLUB_KEY_ONE=secret", "CLUB_KEY_TWO=secret"}
	f.Products = []cmd.Product{{Provider: &club}}
	if code := cmd.Main([]string{"plan", dir}, f); code != 1 || !strings.Contains(out.String(), "provider blocks club.one and club.two are for the same tenant 7 of Club") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}
