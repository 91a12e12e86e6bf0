package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config/revision"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// An adoptCommit has the changes of one person, or of several if they cannot be divided.
type adoptCommit struct {
	repository *revision.Repository
	people     []string // trailers
	list       []*adoption
	files      map[string][]byte // by path without links, after this commit
}

// prepareCommits divides what was adopted by who did it. The files after each commit are checked like
// those after the last one. Nothing is written yet.
func (a *adopting) prepareCommits(ctx context.Context, r *adopted) ([]*adoptCommit, error) {
	if len(r.files) == 0 {
		return nil, nil
	}
	repository, err := revision.OpenRepository(ctx, a.f.Environ, a.options.dir)
	if err != nil {
		return nil, advise("No file was changed. Correct that, or run adopt without --commit.", "cannot commit: %s", text.Error(err))
	}
	for _, x := range r.files {
		err := repository.Unchanged(x.target, x.before)
		switch {
		case errors.Is(err, revision.ErrChanged), errors.Is(err, revision.ErrUntracked):
			return nil, advise("No file was changed. Commit or stash that first, or run adopt without --commit.", "cannot commit: %s %v", text.Clean(x.path), err)
		case errors.Is(err, revision.ErrIgnored), errors.Is(err, revision.ErrElsewhere):
			return nil, advise("No file was changed. Run adopt without --commit.", "cannot commit: %s %v", text.Clean(x.path), err)
		case err != nil:
			return nil, advise("No file was changed. Run adopt without --commit.", "cannot commit: %s: %s", text.Clean(x.path), text.Error(err))
		}
	}
	var out []*adoptCommit
	groups := a.byPerson(r.done)
	before := map[string][]byte{}
	for _, x := range r.files {
		before[x.target] = x.before
	}
	var list []*adoption
	for i, g := range groups {
		list = append(list, g.list...)
		files := r.files
		if i < len(groups)-1 {
			if files, err = a.filesWith(ctx, list); err != nil {
				return nil, err
			}
			if files == nil { // it cannot be without what follows
				next := groups[i+1]
				next.list = slices.Concat(g.list, next.list)
				next.people = slices.Compact(slices.Sorted(slices.Values(slices.Concat(g.people, next.people))))
				continue
			}
		}
		g.repository, g.files = repository, map[string][]byte{}
		for _, x := range files {
			if !bytes.Equal(before[x.target], x.after) {
				g.files[x.target], before[x.target] = x.after, x.after
			}
		}
		if len(g.files) > 0 {
			out = append(out, g)
		}
	}
	return out, nil
}

// filesWith returns the files with some of what was adopted, or nil if that alone cannot be adopted.
func (a *adopting) filesWith(ctx context.Context, list []*adoption) ([]*editedFile, error) {
	var part []*adoption
	for _, x := range list {
		y := *x
		y.noRow = !x.row
		part = append(part, &y)
	}
	r, why, err := a.together(ctx, part)
	if err != nil || why != nil || len(r.refused) > 0 {
		return nil, err
	}
	return r.files, nil
}

// byPerson divides differences by who made them: those whom the audit log knows in the order of their
// first difference, and all others last.
func (a *adopting) byPerson(list []*adoption) []*adoptCommit {
	var out []*adoptCommit
	unknown := &adoptCommit{}
	for _, x := range list {
		people := a.people(x)
		if len(people) == 0 {
			unknown.list = append(unknown.list, x)
			continue
		}
		i := slices.IndexFunc(out, func(c *adoptCommit) bool { return slices.Equal(c.people, people) })
		if i < 0 {
			i, out = len(out), append(out, &adoptCommit{people: people})
		}
		out[i].list = append(out[i].list, x)
	}
	if len(unknown.list) > 0 {
		out = append(out, unknown)
	}
	return out
}

// people returns who made a difference, sorted, as trailers name people.
func (a *adopting) people(x *adoption) []string {
	var out []string
	for _, e := range x.difference.By {
		if e.Who == unknownPerson || strings.HasSuffix(e.Did, byRolecall) {
			continue
		}
		out = append(out, a.trailer(x.tenant, e))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// longestPerson is the length of a name in a trailer.
const longestPerson = 200

// trailer names a person in one line: with name and address if the product has them.
func (a *adopting) trailer(tenant int, e drift.Entry) string {
	who := oneLine(e.Who)
	if schema.EmailAddress(e.Who) != nil {
		return who
	}
	for _, k := range a.before.Tenants[tenant].Product.Kinds {
		if !k.Subject {
			continue
		}
		o := a.liveObject(tenant, schema.Address{Kind: k.Name, Key: schema.FoldName(e.Who)})
		if o == nil {
			continue
		}
		first, _ := o.Any("first_name").(string)
		last, _ := o.Any("last_name").(string)
		if name := oneLine(strings.NewReplacer("<", "", ">", "").Replace(first + " " + last)); name != "" {
			return name + " <" + who + ">"
		}
	}
	return who
}

// oneLine returns a text from outside as a part of one line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(text.Clean(s)), " ")
	if runes := []rune(s); len(runes) > longestPerson {
		s = string(runes[:longestPerson])
	}
	return s
}

// message is the message of the commit: a line, the changes with their addresses, and who made them.
func (c *adoptCommit) message() string {
	subject := "Adopt " + text.Count(len(c.list), "change made by hand", "changes made by hand")
	if one := "Adopt " + text.Clean(c.list[0].difference.Addr.String()); len(c.list) == 1 && len(one) <= 72 {
		subject = one
	}
	var b strings.Builder
	b.WriteString(subject + "\n\n")
	for _, x := range c.list {
		b.WriteString("- " + text.Clean(x.difference.Addr.String()+": "+x.difference.Text) + "\n")
	}
	if len(c.people) > 0 {
		b.WriteString("\n")
	}
	for _, who := range c.people {
		b.WriteString("Changed-by: " + who + "\n")
	}
	return b.String()
}

// commit makes the commits. The files are written already.
func (a *adopting) commit(commits []*adoptCommit) error {
	for i, c := range commits {
		message := c.message()
		hash, err := c.repository.Commit(message, c.files)
		if err != nil {
			what := "Nothing was committed."
			if i > 0 {
				what = "The commits above were made."
			}
			return advise(what+" The files are written. Correct what git reports, and commit them yourself.", "cannot commit: %s", text.Error(err))
		}
		subject, _, _ := strings.Cut(message, "\n")
		line := "Committed " + hash + ": " + subject
		if len(c.people) > 0 {
			line += " (" + text.And(c.people) + ")"
		}
		fmt.Fprintln(a.f.Out, line)
	}
	return nil
}
