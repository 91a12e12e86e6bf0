package apply

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxSequence is more runs than a directory ever has. A number close to the largest integer
// would leave no numbers for later runs.
const maxSequence = 1 << 40

// A namedRecord is the content of a journal with the name of its file.
type namedRecord struct {
	name string
	*Record
}

// readRuns reads the journals in the directory whose headers the function accepts. It skips
// those that began before since, by their names. The runs are ordered by their sequence
// numbers, and by the clock if these are equal. An error names the journal. A nil directory
// has no journals.
func readRuns(dir *datadir.Dir, products []*schema.Product, since time.Time, accepts func(*Header) bool) ([]namedRecord, error) {
	if dir == nil {
		return nil, nil
	}
	names, err := journalNames(dir)
	if err != nil {
		return nil, err
	}
	var runs []namedRecord
	for _, name := range names {
		if startedBefore(name, since) {
			continue
		}
		r, err := readAccepted(dir, name, products, accepts)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir.Path(name), err)
		}
		if r != nil {
			runs = append(runs, namedRecord{name, r})
		}
	}
	slices.SortStableFunc(runs, func(a, b namedRecord) int {
		return cmp.Or(cmp.Compare(a.Header.Sequence, b.Header.Sequence), a.Header.Started.Compare(b.Header.Started))
	})
	return runs, nil
}

// startedBefore reports whether the name of a journal says that its run began before t.
func startedBefore(name string, t time.Time) bool {
	stamp, _, _ := strings.Cut(name, "-")
	at, err := time.Parse(journalStamp, stamp)
	return err == nil && at.Before(t)
}

// journalNames returns the names of the journals in the directory. Among journals of the same
// second, the one that was made later comes later (-2 after no number).
func journalNames(dir *datadir.Dir) ([]string, error) {
	names, err := dir.Names()
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasSuffix(name, ".jsonl") })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	return names, nil
}

// readAccepted reads a journal if its header is accepted; otherwise it returns nil, as for a
// journal without a whole header, whose run never began to write.
func readAccepted(dir *datadir.Dir, name string, products []*schema.Product, accepts func(*Header) bool) (*Record, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewReader(f)
	h, first, err := readHeader(lines)
	if err != nil || first == nil {
		return nil, err
	}
	if h != nil && !accepts(h) {
		return nil, nil
	}
	return ReadJournal(io.MultiReader(bytes.NewReader(first), lines), products)
}

// lastSequence returns the highest sequence number of the journals in the directory, 0 if
// there is none. A journal whose header cannot be read has none.
func lastSequence(dir *datadir.Dir) (int, error) {
	names, err := journalNames(dir)
	if err != nil {
		return 0, err
	}
	last := 0
	for _, name := range names {
		f, err := dir.Open(name)
		if err != nil {
			return 0, err
		}
		h, _, err := readHeader(bufio.NewReader(f))
		f.Close()
		if err == nil && h != nil {
			last = max(last, h.Sequence)
		}
	}
	return last, nil
}

// readHeader reads the first line of a journal. It returns the header, nil if the line is
// something else or is not whole, and the line, nil if it is not whole.
func readHeader(lines *bufio.Reader) (*Header, []byte, error) {
	line, err := lines.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var e entry
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, line, fmt.Errorf("line 1 of the journal: %w", err)
	}
	if e.Header != nil && (e.Header.Sequence < 0 || e.Header.Sequence > maxSequence) {
		return nil, line, fmt.Errorf("line 1 of the journal: no run has the sequence number %d", e.Header.Sequence)
	}
	return e.Header, line, nil
}
