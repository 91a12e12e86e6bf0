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
	d := &decoder{json: json.NewDecoder(source), source: source, max: max, products: products}
	d.json.DisallowUnknownFields()
	doc, err := d.document()
	if source.N <= 0 {
		return nil, fmt.Errorf("plan has a value of more than %d MB, and rolecall writes none of that size", max>>20)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("plan is truncated: it was cut off while it was written or copied")
	}
	return doc, err
}

// A decoder walks the document member by member and holds one change at a time.
type decoder struct {
	json     *json.Decoder
	source   *io.LimitedReader // bounds what is read for one value
	max      int64
	products []*schema.Product
}

func (d *decoder) document() (*plan.Document, error) {
	doc := &plan.Document{}
	known := map[[2]string]bool{}
	if err := d.version(doc); err != nil {
		return nil, err
	}
	err := d.rest(func(name string) error {
		switch name {
		case "rolecall_version":
			return d.Decode(&doc.Version)
		case "directory":
			return d.Decode(&doc.Directory)
		case "digest":
			return d.Decode(&doc.Stated)
		case "plans":
			return d.elements(func(i int) error {
				p, err := d.plan()
				if err != nil {
					return fmt.Errorf("plan %d: %w", i+1, err)
				}
				doc.Plans = append(doc.Plans, p)
				return distinct(p, known)
			})
		}
		return unknownMember(name)
	})
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err == nil || !errors.Is(err, io.EOF) {
		return nil, errors.New("plan has data after its end: it is two files in one, or damaged")
	}
	return doc, nil
}

// distinct checks that a plan is of another provider block and of another tenant
// than those that are known, and adds both to them.
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

// version reads the first member, which must be the format's version, and for
// the message about a strange one the next, which says who wrote it.
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
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
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
