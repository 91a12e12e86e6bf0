package writer

import (
	"bufio"
	"io"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A ProviderBlock is what the provider block of an imported tenant has.
type ProviderBlock struct {
	Product  *schema.Product
	Settings schema.Object
	Protect  []string            // addresses such as "user.ana@zoo.example"
	Manage   []string            // names of kinds
	Ignore   map[string][]string // keys of objects that no file can declare, by kind
}

// WriteProvider writes the provider block of a tenant that is imported for the first time.
func WriteProvider(to io.Writer, b ProviderBlock) error {
	out := bufio.NewWriter(to)
	out.WriteString("provider " + quote(b.Product.Name) + " {\n")
	w := &writer{}
	var settings []argument
	k := b.Product.Settings
	for i := range k.Attributes {
		if b.Settings.Set.Has(i) {
			settings = append(settings, argument{k.Attributes[i].Name, w.expression(&k.Attributes[i], b.Settings.Body)})
		}
	}
	writeAligned(out, "  ", settings)
	if len(b.Protect) > 0 {
		out.WriteString("\n  # The administrators: rolecall never removes or demotes them, whatever the files say.\n")
		protect := expression{list: true}
		for _, address := range b.Protect {
			protect.members = append(protect.members, quote(address))
		}
		writeAligned(out, "  ", []argument{{"protect", protect}})
	}
	writeManage(out, b)
	out.WriteString("}\n")
	return out.Flush()
}

// writeManage writes a manage block for each kind, in the mode that removes nothing.
func writeManage(out *bufio.Writer, b ProviderBlock) {
	if len(b.Manage) == 0 {
		return
	}
	out.WriteString("\n  # additive: what no file declares is listed and left alone.\n  # authoritative: what no file declares is removed.\n")
	for i, kind := range b.Manage {
		ignore := slices.Sorted(slices.Values(b.Ignore[kind]))
		if len(ignore) == 0 {
			out.WriteString("  manage " + quote(kind) + ` { mode = "additive" }` + "\n")
			continue
		}
		if i > 0 {
			out.WriteString("\n")
		}
		list := expression{list: true}
		for _, key := range ignore {
			list.members = append(list.members, quote(key))
		}
		out.WriteString("  manage " + quote(kind) + " {\n")
		writeAligned(out, "    ", []argument{{"mode", expression{text: `"additive"`}}})
		out.WriteString("    # No file can declare these; " + FileName(b.Product.Kind(kind)) + ".hcl says why.\n")
		writeAligned(out, "    ", []argument{{"ignore", list}})
		out.WriteString("  }\n")
		if i+1 < len(b.Manage) && len(b.Ignore[b.Manage[i+1]]) == 0 {
			out.WriteString("\n")
		}
	}
}
