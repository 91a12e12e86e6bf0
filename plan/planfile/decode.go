package planfile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// maxValue is the size in bytes beyond which Decode refuses to read one value, such
// as a change. A document has no limit, because it is never held as a whole.
const maxValue = 256 << 20

// A VersionError says that a plan was written in a format that this rolecall does
// not read.
type VersionError struct {
	Format   int    // of the document
	Rolecall string // that wrote it; empty where the document does not say
}

func (e *VersionError) Error() string {
	by := ""
	if e.Rolecall != "" {
		by = " by rolecall " + text.Clean(e.Rolecall)
	}
	return fmt.Sprintf("plan has format version %d, written%s; this rolecall reads version %d: plan again with this one",
		e.Format, by, FormatVersion)
}

// ErrNotPlan is what Decode returns for a text that is no plan at all.
var ErrNotPlan = errors.New("not a rolecall plan")

func notPlan() error { return fmt.Errorf(`%w: it does not begin with "format_version"`, ErrNotPlan) }

// Decode reads what Encode wrote and rebuilds the objects with the kinds of the
// products, without ids. What it returns can be shown and be an Approval, and is
// not fit to be executed.
//
// The text may come from anybody. A member that is not known, a provider, kind or
// attribute that does not exist, and values that belong to another address are
// errors. Errors name the plan, the change and the attribute, and leave the name
// of the file to the caller.
func Decode(r io.Reader, products []*schema.Product) (*plan.Document, error) {
	return decode(r, products, maxValue)
}

func decode(r io.Reader, products []*schema.Product, max int64) (*plan.Document, error) {
	source := &io.LimitedReader{R: bufio.NewReaderSize(r, 64<<10)}
	d := &decoder{Decoder: json.NewDecoder(source), source: source, max: max, products: products}
	d.DisallowUnknownFields()
	doc, err := d.document()
	var syntax *json.SyntaxError
	switch {
	case source.N <= 0:
		return nil, fmt.Errorf("plan has a value of more than %d MB, and rolecall writes none of that size", max>>20)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("plan is truncated: it was cut off while it was written or copied")
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("plan is damaged near byte %d: %w", d.InputOffset(), syntax)
	}
	return doc, err
}

// A decoder reads a document value by value: a member of a plan, or an element of
// one of its lists.
type decoder struct {
	*json.Decoder
	source   *io.LimitedReader // bounds what is read for one value
	max      int64
	products []*schema.Product
}

// Decode reads the next value.
func (d *decoder) Decode(v any) error {
	d.source.N = d.max + 1
	return d.Decoder.Decode(v)
}

// Token reads the next bracket, name or simple value.
func (d *decoder) Token() (json.Token, error) {
	d.source.N = d.max + 1
	return d.Decoder.Token()
}

func (d *decoder) document() (*plan.Document, error) {
	doc := &plan.Document{}
	if err := d.version(doc); err != nil {
		return nil, err
	}
	tenants := map[[2]string]bool{}
	err := d.members(map[string]any{
		"rolecall_version": &doc.Version, "directory": &doc.Directory, "digest": &doc.Stated, "assertions": &doc.Assertions,
		"plans": func() error {
			return d.elements(func(i int) error {
				p, err := d.plan()
				if err != nil {
					return fmt.Errorf("plan %d: %w", i+1, err)
				}
				doc.Plans = append(doc.Plans, p)
				return distinct(p, tenants)
			})
		},
	})
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("plan has data after its end: it is two files in one, or damaged")
	}
	return doc, nil
}

// distinct returns an error if another plan has the provider block or the tenant of p, and adds both
// to known.
func distinct(p *plan.Plan, known map[[2]string]bool) error {
	block, tenant := [2]string{p.Provider}, [2]string{p.Product, p.Tenant}
	switch {
	case known[block]:
		return fmt.Errorf("two plans are for the provider block %q", p.Provider)
	case p.Tenant != "" && known[tenant]:
		return fmt.Errorf("two plans are for the tenant %q of %s", p.Tenant, p.Product)
	}
	known[block], known[tenant] = true, true
	return nil
}

// version reads the first member, which must be the format version, and after another version the
// next member, the version of rolecall, for the error.
func (d *decoder) version(doc *plan.Document) error {
	if t, err := d.Token(); errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it is empty", ErrNotPlan)
	} else if err != nil || t != json.Delim('{') {
		return notPlan()
	}
	t, err := d.Token()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if err != nil || t != "format_version" {
		return notPlan()
	}
	var v int
	if err := d.Decode(&v); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	} else if err != nil {
		return errors.New("format_version is not a whole number")
	}
	if v == FormatVersion {
		return nil
	}
	if t, _ := d.Token(); t == "rolecall_version" {
		if err := d.Decode(&doc.Version); err != nil {
			doc.Version = ""
		}
	}
	return &VersionError{Format: v, Rolecall: doc.Version}
}

// members reads the rest of an object. known has a pointer for each member, or a function that reads
// it.
func (d *decoder) members(known map[string]any) error {
	read := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name := t.(string)
		switch to := known[name].(type) {
		case nil:
			return fmt.Errorf("member %q is not known to this rolecall", name)
		case func() error:
			err = to()
		default:
			err = inPlace(name, d.Decode(to))
		}
		switch {
		case err != nil:
			return err
		case read[name]:
			return fmt.Errorf("member %q is there twice", name)
		}
		read[name] = true
	}
	_, err := d.Token()
	return err
}

// elements reads a list; f reads each element. null is an empty list.
func (d *decoder) elements(f func(i int) error) error {
	if t, err := d.Token(); err != nil || t == nil {
		return err
	} else if t != json.Delim('[') {
		return errors.New("is not a list")
	}
	for i := 0; d.More(); i++ {
		if err := f(i); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// inPlace adds the place of the value to an error of package json.
func inPlace(place string, err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field != "" {
			place += "." + strings.TrimPrefix(wrong.Field, "wirePos.")
		}
		return fmt.Errorf("%s: a value of type %s does not belong here", place, wrong.Value)
	}
	if err == nil {
		return nil
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("%s: member %s is not known to this rolecall", place, field)
	}
	return fmt.Errorf("%s: %w", place, err)
}

// product finds the product that a plan is for.
func (d *decoder) product(name string) (*schema.Product, error) {
	var known []string
	for _, p := range d.products {
		if p.Name == name {
			return p, nil
		}
		known = append(known, p.Name)
	}
	slices.Sort(known)
	return nil, fmt.Errorf("product %q is not known to this rolecall, which knows %s", name, strings.Join(known, ", "))
}
