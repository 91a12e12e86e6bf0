package cmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// settings returns the attributes of the new provider block: those of --set, and answers for
// those that are missing.
func (i *importing) settings(ctx context.Context, p *Product) (schema.Object, error) {
	k := p.Provider.Settings
	o := schema.Object{Kind: k, Body: k.New()}
	for _, entry := range i.options.set {
		name, value, ok := strings.Cut(entry, "=")
		at := k.Index(name)
		if !ok || at < 0 {
			return o, advise(describeSettings(k), "flag --set: %q is not NAME=VALUE with an attribute of the provider block", entry)
		}
		if err := setSetting(&o, at, value); err != nil {
			return o, err
		}
	}
	if b := (block{p.Provider.Name, &o, p}); i.f.InTerminal && !b.emulated() {
		if _, _, err := b.findKey(i.f.Environ); err != nil {
			return o, err // before questions are asked for nothing
		}
	}
	var names, flags []string
	for at := range k.Attributes {
		a := &k.Attributes[at]
		switch {
		case !needed(&o, at):
		case i.f.InTerminal:
			if err := i.askSetting(ctx, &o, at); err != nil {
				return o, err
			}
		default:
			names = append(names, a.Name)
			flags = append(flags, fmt.Sprintf("--set %s=%s", a.Name, example(a)))
		}
	}
	if len(names) > 0 {
		return o, advise("Example:\n  "+commandLine("import", p.Provider.Name, i.dir)+" "+strings.Join(flags, " "),
			"the provider block of %s needs %s", p.Provider.Title, text.And(names))
	}
	return o, nil
}

// askSetting asks for an attribute until the answer is valid.
func (i *importing) askSetting(ctx context.Context, o *schema.Object, at int) error {
	a := &o.Kind.Attributes[at]
	fmt.Fprintln(i.f.Err, text.Wrap(a.Doc, i.f.helpWidth()))
	for {
		answer, err := i.f.ask(ctx, fmt.Sprintf("  %s, such as %s: ", a.Name, example(a)))
		if err != nil {
			return advise("No file was written.", "interrupted before %s was answered", a.Name)
		}
		if answer == "" {
			continue
		}
		if err = setSetting(o, at, strings.Trim(answer, `"`)); err == nil {
			return nil
		}
		fmt.Fprintln(i.f.Err, text.Indent(text.Error(err)+".", "  ", i.f.helpWidth()))
	}
}

// example returns the example of an attribute as people type it.
func example(a *schema.Attribute) string { return strings.Trim(a.Example, `"`) }

// needed reports whether a provider block cannot do without an attribute that is not set.
func needed(o *schema.Object, at int) bool {
	a := &o.Kind.Attributes[at]
	switch {
	case o.Set.Has(at):
		return false
	case a.Is(schema.Required):
		return true
	case o.Kind.Validate == nil:
		return false
	}
	return slices.ContainsFunc(o.Kind.Validate(o), func(f schema.Finding) bool {
		return f.Severity == schema.Error && f.Attribute == a.Name
	})
}

// setSetting stores a text as the value of an attribute.
func setSetting(o *schema.Object, at int, value string) error {
	a := &o.Kind.Attributes[at]
	var v any
	var err error
	switch a.Type {
	case schema.TypeString:
		v = value
	case schema.TypeInt:
		v, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	case schema.TypeBool:
		v, err = strconv.ParseBool(strings.TrimSpace(value))
	case schema.TypeSet:
		v = strings.Split(value, ",")
	default:
		return advise("Import first, and then write it into "+providerFile+".", "--set cannot set %s", a.Name)
	}
	if err != nil {
		return advise("Example: "+a.Name+" = "+a.Example, "%s must be a %s; this is %q", a.Name, a.Type, value)
	}
	a.SetAny(o.Body, v)
	a.Each(o.Body, func(s string) {
		if wrong := a.Valid(s); wrong != nil && err == nil {
			err = advise("Example: "+a.Name+" = "+a.Example, "%s %w", a.Name, wrong)
		}
	})
	o.Set = o.Set.With(at)
	return err
}

func describeSettings(k *schema.Kind) string {
	var names []string
	for at := range k.Attributes {
		names = append(names, k.Attributes[at].Name)
	}
	return "Attributes: " + strings.Join(names, ", ") + "."
}
