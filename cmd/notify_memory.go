package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/cmd/notify"
	"github.com/rolecall-dev/rolecall/plan/drift"
)

// notifiedFile is the file in dataDir with what drift notified of. It holds hashes only.
const notifiedFile = "notified.json"

// notifiedFormat is the version of the file.
const notifiedFormat = 1

// Notified is what the targets of notifications were told last.
type notified struct {
	FormatVersion int              `json:"format_version"`
	Targets       []notifiedTarget `json:"targets"`
}

// A notifiedTarget is the last result that a target accepted. A target without one was told nothing,
// or that everything is as declared.
type notifiedTarget struct {
	Target string `json:"target"`
	// Trouble is why the check was not complete: see failureKind and incompleteHash; "" if it was.
	Trouble     string   `json:"trouble,omitempty"`
	Differences []string `json:"differences"` // sorted; see differenceHash
}

// readNotified reads the file. If there is none or an error, nothing was notified.
func readNotified(f *Factory, dir string) (*notified, error) {
	none := &notified{FormatVersion: notifiedFormat}
	folder, err := f.openData(dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	defer folder.Close()
	file, err := folder.Open(notifiedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	defer file.Close()
	n := &notified{}
	if err := json.NewDecoder(file).Decode(n); err != nil {
		return none, fmt.Errorf("cannot read %s: %w", folder.Path(notifiedFile), err)
	}
	if n.FormatVersion != notifiedFormat {
		return none, fmt.Errorf("%s is not a file of this version of rolecall", folder.Path(notifiedFile))
	}
	return n, nil
}

// of returns what a target was told last.
func (n *notified) of(target string) notifiedTarget {
	for _, t := range n.Targets {
		if t.Target == target {
			return t
		}
	}
	return notifiedTarget{Target: target}
}

// set replaces what a target was told last.
func (n *notified) set(next notifiedTarget) {
	n.Targets = append(slices.DeleteFunc(n.Targets, func(t notifiedTarget) bool { return t.Target == next.Target }), next)
}

func (n *notified) write(f *Factory, dir string) error {
	doc, err := json.Marshal(n)
	if err != nil {
		return err
	}
	folder, err := f.openData(dir, true)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Replace(notifiedFile, func(w io.Writer) error {
		_, err := w.Write(append(doc, '\n'))
		return err
	})
}

// differenceHash identifies a difference as long as the live object with its rights stays as it is.
func differenceHash(d *drift.Drift, x *drift.Difference) string {
	return notify.Digest(d.Provider, d.Product, d.Tenant, d.Endpoint, x.Addr.Kind, x.Addr.Key, x.Fingerprint, fmt.Sprint(x.Danger))
}

// incompleteHash identifies what could not be checked. The reasons are left out, because they may have
// numbers that are never the same.
func incompleteHash(all []*drift.Drift) string {
	var what []string
	for _, d := range all {
		for _, s := range d.Unseen {
			s, _, _ = strings.Cut(s, ": ")
			what = append(what, d.Provider, s)
		}
	}
	if what == nil {
		return ""
	}
	return "incomplete " + notify.Digest(what...)
}
