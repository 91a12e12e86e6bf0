package cmd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/apply"
)

// A lockName names the tenant that a lock is for. Runs for one tenant have the same
// key, however the files write its endpoint.
type lockName struct {
	product string
	key     string // distinguishes the tenants of a product
	title   string // for people: "Partoo 42"
}

// file is a file name that differs for every product and key.
func (n lockName) file() string {
	sum := sha256.Sum256([]byte(n.product + "\n" + n.key))
	return n.product + "-" + hex.EncodeToString(sum[:12])
}

// emulatorLocks are the locks of the embedded emulators, whose data is a file. They
// must be taken before that file is read.
func emulatorLocks(f *Factory, dir string, blocks []block) ([]lockName, error) {
	var out []lockName
	for _, b := range blocks {
		if !b.emulated() {
			continue
		}
		at, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		if resolved, err := filepath.EvalSymlinks(at); err == nil {
			at = resolved
		}
		state := f.dataFile(at, b.name+".json")
		out = append(out, lockName{product: b.product.Provider.Name, key: "emulator " + strings.ToLower(state), title: "the emulator at " + state})
	}
	return out, nil
}

// tenantLocks are the locks of all other tenants, whose IDs the products returned when
// rolecall connected.
func tenantLocks(connections []*connection) []lockName {
	var out []lockName
	for _, c := range connections {
		if c.emulated() {
			continue
		}
		id, p := c.tenantID(), c.product.Provider
		out = append(out, lockName{product: p.Name, key: strings.ToLower(strings.TrimSpace(id)), title: p.Title + " " + id})
	}
	return out
}

// sortedLocks brings locks into the order in which they are taken, each of them once.
func sortedLocks(names []lockName) []lockName {
	slices.SortFunc(names, func(a, b lockName) int { return strings.Compare(a.file(), b.file()) })
	return slices.CompactFunc(names, func(a, b lockName) bool { return a.file() == b.file() })
}

// lock takes the locks in sorted order, so that one of two runs for the same tenants
// gets all of them. It never waits: the second run fails with an error that names the first.
func lock(env Environment, names []lockName) (unlock func(), err error) {
	var held []func()
	unlock = func() {
		for _, release := range slices.Backward(held) {
			release()
		}
	}
	if len(names) == 0 {
		return unlock, nil
	}
	dir, err := env.stateDir()
	if err != nil {
		return nil, err
	}
	for _, n := range sortedLocks(names) {
		release, err := apply.Lock(filepath.Join(dir, "locks"), n.file(), n.title)
		if err != nil {
			unlock()
			if errors.Is(err, apply.ErrLocked) {
				return nil, advise("Nothing was changed. Wait for it to end, or stop it.", "%w", err)
			}
			return nil, advise("Nothing was changed. "+stateHint, "%w", err)
		}
		held = append(held, release)
	}
	return unlock, nil
}
