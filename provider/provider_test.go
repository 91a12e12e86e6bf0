package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

type animal struct{ Name string }

func complete() *Provider {
	name := schema.String("name", "Name.", func(a *animal) *string { return &a.Name }).With(schema.Key)
	return &Provider{
		Product: schema.Product{
			Name: "zoo", Title: "Zoo", Doc: "A zoo.", KeyEnv: "ZOO_KEY", Settings: &schema.Kind{Name: "zoo"},
			Kinds: []*schema.Kind{{Name: "animal", Attributes: []schema.Attribute{name}}},
		},
		Endpoint: func(*schema.Object) string { return "" },
		Budget:   func(*schema.Object) int { return 0 },
		Reads:    func(string, string) bool { return false },
		Starter:  map[string]string{"zoo.hcl": ""},
		Connect:  func(context.Context, Options) (Client, error) { return nil, nil },
	}
}

// A provider without a field that commands need, or with wrong tables, must end the program
// at its start.
func TestProviderCheck(t *testing.T) {
	for says, spoil := range map[string]func(*Provider){
		"<nil>":                 func(*Provider) {},
		"Doc is missing":        func(p *Provider) { p.Doc = "" },
		"Endpoint is missing":   func(p *Provider) { p.Endpoint = nil },
		"Budget is missing":     func(p *Provider) { p.Budget = nil },
		"Reads is missing":      func(p *Provider) { p.Reads = nil },
		"Starter is missing":    func(p *Provider) { p.Starter = nil },
		"Connect is missing":    func(p *Provider) { p.Connect = nil },
		"has no attribute with": func(p *Provider) { p.Kinds[0].Attributes[0].Flags = 0 },
	} {
		t.Run(says, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, says) {
					t.Errorf("panic %q, want %q", got, says)
				}
			}()
			p := complete()
			spoil(p)
			p.Check()
		})
	}
}
