package cmd

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func newWhoCanCommand(f *Factory) *cobra.Command {
	var o questionFlags
	c := &cobra.Command{
		Use:   "who-can RIGHT [DIR]",
		Short: "Show who has a right, and through what",
		Long: "Reads the tenants of the configuration in DIR (default: the current directory) and lists everybody who has a right, by the way they have it: " +
			"the role, and the access, group, team, account or object. It includes administrators, owners and built-in roles, and users whom no file declares. " +
			"Each object has the line of the files that declares it. RIGHT is a permission as \"rolecall permissions\" prints it, or its title in the product.\n\n" +
			"With --in it is about one place, or about all places of a group or an account.\n\n" +
			"It ends with exit code 1 if not everything could be read; the answer may then lack users, and says so. It only reads.",
		Example: "  rolecall who-can review_reply_negative_reviews examples/zoo\n" +
			"  rolecall who-can business_edit --in A07 examples/zoo    # at one store\n" +
			"  rolecall who-can business_edit --files examples/zoo     # as the files declare it, without a key",
		GroupID:           groupPlan,
		Args:              between(1, 2, "a right and at most one directory"),
		ValidArgsFunction: completeSecondDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			return runWhoCan(c.Context(), f, args[0], directory(args[1:]), &o)
		},
	}
	o.register(c)
	return c
}

func runWhoCan(ctx context.Context, f *Factory, right, dir string, o *questionFlags) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	read, err := o.read(ctx, f, dir)
	if err != nil {
		return err
	}
	all, scopes, err := o.scopes(read)
	if err != nil {
		return err
	}
	names, err := o.rights(all, right)
	if err != nil {
		return err
	}
	answers := make([]*access.Answer, len(all))
	for i, t := range all {
		if names[i] != "" {
			answers[i] = t.Who(names[i], scopes[i], nil)
		}
	}
	return o.print(f, read, all, func(whole bool) any { return newWhoCanJSON(f.Version.Release, whole, all, answers) }, func(w *answerText) {
		for i, t := range all {
			w.tenant(t)
			if answers[i] == nil {
				w.line(0, "No right is called "+text.Quote(right)+" here.")
				continue
			}
			w.who(t, answers[i])
			w.unseen(t)
		}
	})
}

// print prints an answer about some of the tenants that were read, as JSON or as text. It returns the error that something
// about the tenants could not be read, also about those which the answer leaves out.
func (o *questionFlags) print(f *Factory, read, answered []*tenantState, document func(whole bool) any, write func(*answerText)) error {
	incomplete := incompleteAnswer(read)
	if o.json {
		return cmp.Or(f.printJSON(document(incomplete == nil)), incomplete)
	}
	w := newAnswerText(&f.Streams, o.verbose)
	write(w)
	for _, t := range read {
		if unseen, _ := t.Unseen(); len(unseen) > 0 && !slices.Contains(answered, t) {
			w.tenant(t)
			w.line(0, "What was asked for is not in what could be read.")
			w.unseen(t)
		}
	}
	return cmp.Or(w.flush(), incomplete)
}

// incompleteAnswer is the error that not everything could be read.
func incompleteAnswer(all []*tenantState) error {
	var names []string
	for _, t := range all {
		if unseen, _ := t.Unseen(); len(unseen) > 0 {
			names = append(names, t.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return advise("What could not be read is listed under \"Not seen\". Use the key of an administrator.", "the answer is incomplete for %s", text.And(names))
}

// inScope says where a right was asked for.
func inScope(sc *access.Scope) string {
	if sc == nil {
		return ""
	}
	s := " in " + sc.Text
	if sc.Places > 1 {
		s += " (" + text.Count(sc.Places, "place", "places") + ")"
	}
	return s
}

// countedSubjects says who has a right by some ways: "2 users and everyone with role sales".
func countedSubjects(ways []access.Way) (who, has string) {
	persons, others, anyone := access.Count(ways)
	var parts []string
	if persons > 0 {
		parts = append(parts, text.Count(persons, "user", "users"))
	}
	if others > 0 {
		parts = append(parts, text.Count(others, "group of users whom the product does not name", "groups of users whom the product does not name"))
	}
	has = "have "
	if persons+others+len(anyone) == 1 {
		has = "has "
	}
	return text.And(append(parts, anyone...)), has
}
