package planfile

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The page about the format is held against the format: its example is read and
// written, and no member goes without a word.

const page = "../../docs/plan-json.md"

type pageUser struct{ Email, CustomRole string }

func pageProduct() *schema.Product {
	return &schema.Product{
		Name: "partoo",
		Kinds: []*schema.Kind{{Name: "user", Attributes: []schema.Attribute{
			schema.String("email", "", func(u *pageUser) *string { return &u.Email }).With(schema.Key),
			schema.Ref("custom_role", "", func(u *pageUser) *string { return &u.CustomRole }),
		}}},
	}
}

func TestPageExampleIsAPlan(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	d, err := Decode(strings.NewReader(example), []*schema.Product{pageProduct()})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Encode(&b, d); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), example); diff != "" {
		t.Errorf("the example differs from what is written (-written +page):\n%s", diff)
	}
}

func TestPageNamesEveryMember(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(encode(t, fullDocument(docProduct())), &document); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	memberNames(document, names)
	if len(names) < 50 {
		t.Fatalf("only %d members were found", len(names))
	}
	for name := range names {
		if !bytes.Contains(text, []byte("`"+name+"`")) {
			t.Errorf("%s does not speak of %s", page, name)
		}
	}
}

// memberNames collects the names that the format gives. Those inside the open
// objects are names of attributes, kinds and values.
func memberNames(v any, names map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			memberNames(e, names)
		}
	case map[string]any:
		for name, e := range v {
			names[name] = true
			switch name {
			case "before", "after", "display_names", "set_names", "unchanged", "summary":
			default:
				memberNames(e, names)
			}
		}
	}
}
