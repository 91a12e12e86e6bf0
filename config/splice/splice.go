// Package splice changes HCL and CSV files by replacing ranges of their bytes, so that comments, order
// and layout stay as they are. It is pure: it reads and writes no files.
//
// splice.go applies edits, file.go parses a file, values.go changes a value, items.go changes the
// members of lists and the entries of maps, blocks.go changes blocks, and csv.go changes CSV files.
package splice

import (
	"cmp"
	"fmt"
	"slices"
)

// An Edit replaces the bytes from Start up to End.
type Edit struct {
	Start, End int
	Text       string
}

// merge sorts the edits of a file. Deletions that overlap become one, which replaces changes inside it; other
// edits that overlap are an error.
func merge(path string, edits []Edit) ([]Edit, error) {
	overlap := fmt.Errorf("two changes overlap in %s", path)
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	var out []Edit
	for _, e := range edits {
		if e.Start == e.End && e.Text == "" || e.Start < e.End && len(out) > 0 && e == out[len(out)-1] {
			continue // the same change for another object
		}
		if len(out) == 0 || e.Start >= out[len(out)-1].End {
			out = append(out, e)
			continue
		}
		last := &out[len(out)-1]
		switch {
		case e.Text != "" && e.Start == e.End: // an insertion within what is deleted takes its place
			if last.Text += e.Text; last.Start == last.End {
				return nil, overlap
			}
		case e.Text == "" && e.Start == last.Start && e.End >= last.End:
			*last = e
		case e.Text == "":
			last.End = max(last.End, e.End)
		case last.Text == "" && e.End <= last.End: // a change of what is deleted
		default:
			return nil, overlap
		}
	}
	return out, nil
}

// Apply returns the file with the edits, which are made from its end to its beginning. Edits that
// overlap are an error, except for deletions.
func (f *File) Apply(edits []Edit) ([]byte, error) {
	all, err := merge(f.Path, edits)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(f.original)
	for _, e := range slices.Backward(all) {
		out = slices.Replace(out, f.offset(e.Start), f.offset(e.End), f.lineEnds(e.Text)...)
	}
	return out, nil
}
