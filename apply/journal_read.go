package apply

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Record is what a journal says about one run.
type Record struct {
	Header  Header
	Entries []Entry // one per change that was settled or begun, in the order of the file
	// Complete: the run ended by itself. Otherwise the program or the machine stopped before.
	Complete bool
	Halted   string // why the run was halted, if it was
	// Truncated: the last line was incomplete and is left out.
	Truncated bool
}

// An Entry is what a journal says about one change.
type Entry struct {
	Change         int // its place in the plan
	Action         schema.Action
	Addr           schema.Address
	From           string    // the key before, for a rename
	Begun          time.Time // when the write was sent; zero if nothing was written
	ID             string    // of a new object that the product accepted and that was not verified
	Ended          time.Time // zero if the run stopped during the write
	Status         Status
	Reason         string
	OutcomeUnknown bool // the write may have taken effect or not
	Changed        schema.Mask
	Before         *schema.Object   // nil for a create
	After          *schema.Object   // nil after a removal
	Removes        []schema.Address // objects that count as removed with the change; see plan.Change
	Narrows        map[schema.Address]float64
	Cascades       []*schema.Object // that the product deletes with the object, as the plan has them
}

// ReadJournal reads a journal of one of the products. An incomplete last line is left out;
// any other line that is not valid is an error with its number.
func ReadJournal(r io.Reader, products []*schema.Product) (*Record, error) {
	reader := &journalReader{products: products, record: &Record{}, at: map[int]int{}}
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case err != nil && len(text) > 0:
			reader.record.Truncated = true
		}
		if err != nil {
			break
		}
		if err := reader.line(text); err != nil {
			return nil, fmt.Errorf("line %d of the journal: %w", n, err)
		}
	}
	if reader.product == nil {
		return nil, errors.New("the journal has no header")
	}
	return reader.record, nil
}

type journalReader struct {
	products []*schema.Product
	product  *schema.Product // of the header
	record   *Record
	at       map[int]int // change -> place in record.Entries
}

func (r *journalReader) line(text []byte) error {
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	switch {
	case e.Header != nil:
		return r.header(e.Header)
	case r.product == nil:
		return errors.New("the first line is not a header")
	case e.Begin != nil:
		return r.begin(e.Begin)
	case e.Accept != nil:
		return r.accept(e.Accept)
	case e.Result != nil:
		return r.result(e.Result)
	case e.End != nil:
		r.record.Complete, r.record.Halted = true, e.End.Halted
		return nil
	}
	return errors.New("it is neither header, begin, accept, result nor end")
}

func (r *journalReader) header(h *Header) error {
	if r.product != nil {
		return errors.New("a second header")
	}
	if h.Format != JournalFormat {
		return fmt.Errorf("it is not in format version %d, the only one that this rolecall reads: move the journal out of its directory", JournalFormat)
	}
	for _, p := range r.products {
		if p.Name == h.Product {
			r.record.Header, r.product = *h, p
			return nil
		}
	}
	return fmt.Errorf("product %q is not known", h.Product)
}

func (r *journalReader) begin(b *begun) error {
	if _, twice := r.at[b.Change]; twice {
		return fmt.Errorf("change %d begins twice", b.Change)
	}
	k, err := r.kind(b.Kind)
	if err != nil {
		return err
	}
	e := r.entry(b.Change)
	e.Action, e.Addr, e.From = b.Action, r.address(b.Kind, b.Key), b.From
	e.Begun, e.OutcomeUnknown, e.Status, e.Reason = b.At, true, Failed, "the run stopped before an answer came"
	for _, name := range b.Changed {
		i := k.Index(name)
		if i < 0 {
			return fmt.Errorf("kind %s has no attribute %s", k.Name, name)
		}
		e.Changed = e.Changed.With(i)
	}
	for _, text := range b.Removes {
		a, err := r.parse(text, "removes")
		if err != nil {
			return err
		}
		e.Removes = append(e.Removes, a)
	}
	for text, kept := range b.Narrows {
		a, err := r.parse(text, "narrows")
		switch {
		case err != nil:
			return err
		case kept < 0 || kept > 1:
			return fmt.Errorf("%q in narrows keeps %v, which is not from 0 to 1", text, kept)
		case e.Narrows == nil:
			e.Narrows = make(map[schema.Address]float64, len(b.Narrows))
		}
		e.Narrows[a] = kept
	}
	for _, c := range b.Cascades {
		if c == nil {
			return errors.New("cascades has null")
		}
		k, err := r.kind(c.Kind)
		if err != nil {
			return err
		}
		o, err := c.object(k, r.record.Header.Provider)
		if err != nil {
			return err
		}
		e.Cascades = append(e.Cascades, o)
	}
	e.Before, err = b.Before.object(k, r.record.Header.Provider)
	return err
}

// parse reads an address in the member of a line.
func (r *journalReader) parse(text, member string) (schema.Address, error) {
	kind, key, found := strings.Cut(text, ".")
	if !found {
		return schema.Address{}, fmt.Errorf("%q in %s is not an address such as kind.key", text, member)
	}
	if _, err := r.kind(kind); err != nil {
		return schema.Address{}, err
	}
	return r.address(kind, key), nil
}

func (r *journalReader) accept(a *accept) error {
	i, begun := r.at[a.Change]
	if !begun || !r.record.Entries[i].Ended.IsZero() {
		return fmt.Errorf("change %d is accepted, and was not begun or has ended", a.Change)
	}
	e := &r.record.Entries[i]
	e.ID, e.Reason = a.ID, "the product accepted it, and the run stopped before it was read back"
	return nil
}

func (r *journalReader) result(b *ended) error {
	k, err := r.kind(b.Kind)
	if err != nil {
		return err
	}
	e := r.entry(b.Change)
	addr := r.address(b.Kind, b.Key)
	switch {
	case !e.Ended.IsZero():
		return fmt.Errorf("change %d ends twice", b.Change)
	case !e.Begun.IsZero() && (e.Addr != addr || e.Action != b.Action):
		return fmt.Errorf("change %d begins as %s of %s and ends as %s of %s", b.Change, e.Action, e.Addr, b.Action, addr)
	}
	e.Action, e.Addr = b.Action, addr
	e.Ended, e.Status, e.Reason, e.OutcomeUnknown = b.At, b.Status, b.Reason, b.OutcomeUnknown
	e.After, err = b.After.object(k, r.record.Header.Provider)
	return err
}

// entry returns the entry of a change, a new one at its first line.
func (r *journalReader) entry(change int) *Entry {
	i, ok := r.at[change]
	if !ok {
		i = len(r.record.Entries)
		r.at[change] = i
		r.record.Entries = append(r.record.Entries, Entry{Change: change})
	}
	return &r.record.Entries[i]
}

func (r *journalReader) kind(name string) (*schema.Kind, error) {
	if k := r.product.Kind(name); k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("%s has no kind %q", r.product.Title, name)
}

func (r *journalReader) address(kind, key string) schema.Address {
	return schema.Address{Provider: r.record.Header.Provider, Kind: kind, Key: key}
}
