package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/config/revision"
	"github.com/rolecall-dev/rolecall/plan/review"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostBlames is how many files git looks at in parallel.
const mostBlames = 4

// A lineHistory has the last change of each line of files.
type lineHistory struct {
	files map[string]*fileHistory
	cut   bool // commit was asked for a line that the clone does not have the commit of
}

// A fileHistory is what git says about one file.
type fileHistory struct {
	lines []revision.LastChange
	err   error
}

// readHistory asks git, once for each file, who last changed the lines that declare the objects of tenants.
func readHistory(ctx context.Context, f *Factory, all []*tenantState) *lineHistory {
	git := f.Git
	if git == nil {
		git = revision.Git(f.Environ)
	}
	of, h := revision.NewHistory(ctx, git), &lineHistory{files: map[string]*fileHistory{}}
	var g errgroup.Group
	g.SetLimit(mostBlames)
	for _, t := range all {
		for i := range t.Tenant.Objects {
			name := t.Tenant.Objects[i].Pos.File
			if name == "" || h.files[name] != nil {
				continue
			}
			file := &fileHistory{}
			h.files[name] = file
			g.Go(func() error {
				file.lines, file.err = of.Lines(name)
				return nil
			})
		}
	}
	_ = g.Wait() // errors are those of files
	return h
}

// commit returns the last commit of a line.
func (h *lineHistory) commit(at schema.Pos) review.Commit {
	f := h.files[at.File]
	switch {
	case f == nil || f.err != nil:
		return review.Commit{}
	case at.Line < 1 || at.Line > len(f.lines):
		return review.Commit{NotCommitted: true}
	}
	switch c := &f.lines[at.Line-1]; {
	case c.Cut:
		h.cut = true
		return review.Commit{}
	case c.Commit == "":
		return review.Commit{NotCommitted: true}
	default:
		return review.Commit{ID: c.Commit, Author: c.Author, Date: c.Time.Format(time.RFC3339)}
	}
}

// notes says of which lines of a tenant's objects the last commit is not known.
func (h *lineHistory) notes(t *schema.Tenant) []string {
	var out []string
	seen := map[*fileHistory]bool{}
	for i := range t.Objects {
		name := t.Objects[i].Pos.File
		f := h.files[name]
		if f == nil || f.err == nil || seen[f] {
			continue
		}
		seen[f] = true
		switch {
		case errors.Is(f.err, revision.ErrNoGit):
			return []string{"git is not installed, so it is not known who last changed the files."}
		case errors.Is(f.err, revision.ErrFiltered):
			out = append(out, fmt.Sprintf("It is not known who last changed the lines of %s: it %s.", name, f.err))
		default:
			out = append(out, fmt.Sprintf("It is not known who last changed the lines of %s: %s.", name, text.Error(f.err)))
		}
	}
	if h.cut {
		out = append(out, "It is not known who last changed some lines, because the clone is shallow. Run \"git fetch --unshallow\".")
	}
	return out
}
