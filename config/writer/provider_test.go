package writer_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The provider block has the settings, the administrators, and a manage block for each kind.
func TestWriteProvider(t *testing.T) {
	p := &partoo.Provider().Product
	settings := schema.Object{Kind: p.Settings, Body: p.Settings.New()}
	at := p.Settings.Index("org_id")
	p.Settings.Attributes[at].SetAny(settings.Body, int64(42))
	settings.Set = settings.Set.With(at)
	var out bytes.Buffer
	err := writer.WriteProvider(&out, writer.ProviderBlock{
		Product: p, Settings: settings, Protect: []string{"user.ana@zoo.example", "user.${file(\"x\")}@zoo.example"},
		Manage: []string{"section", "group", "user", "role"},
		Ignore: map[string][]string{"group": {"A/tab\there", "A/\"q\""}},
	})
	const want = `provider "partoo" {
  org_id = 42

  # The administrators: rolecall never removes or demotes them, whatever the files say.
  protect = ["user.ana@zoo.example", "user.$${file(\"x\")}@zoo.example"]

  # additive: what no file declares is listed and left alone.
  # authoritative: what no file declares is removed.
  manage "section" { mode = "additive" }

  manage "group" {
    mode = "additive"
    # No file can declare these; groups.hcl says why.
    ignore = ["A/\"q\"", "A/tab\there"]
  }

  manage "user" { mode = "additive" }
  manage "role" { mode = "additive" }
}
`
	if err != nil || out.String() != want {
		t.Errorf("error %v, and the block is\n%s", err, out.String())
	}
	if again, diags := config.Format(out.Bytes(), "provider.hcl"); diags.HasErrors() || string(again) != want {
		t.Errorf("it is not formatted: %v\n%s", diags, again)
	}
}

// A block of a configuration with several provider blocks names its own.
func TestSeveralProviders(t *testing.T) {
	p := &partoo.Provider().Product
	var out strings.Builder
	_, err := writer.Write(writer.Input{
		Tenant: &schema.Tenant{Name: "partoo.north", Product: p}, Objects: byKind(liveSection(p, "A"), liveSection(p, "B c")), Several: true, RosterAbove: 20,
	}, func(name string) (io.Writer, string) { return &out, name })
	const want = "section \"A\" { provider = partoo.north }\n\nsection \"b_c\" {\n  provider = partoo.north\n  name     = \"B c\"\n}\n"
	if err != nil || out.String() != want {
		t.Errorf("error %v, and the blocks are\n%s", err, out.String())
	}
}
