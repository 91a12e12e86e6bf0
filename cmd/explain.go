package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type explainOptions struct {
	questionFlags
	dir string
}

func newExplainCommand(f *Factory) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain SUBJECT [RIGHT] [DIR]",
		Short: "Show what a user may do, and why",
		Long: "Reads the tenants of the configuration in DIR (default: the current directory) and shows what a user may do, where, and through what: " +
			"from the user to the role and its permissions, and from the access to groups and stores, or to the team, the account or the object. " +
			"Each object has the line of the files that declares it, \"live only\" if no file does, and \"live differs\" if the product has it otherwise than the file. " +
			"Rights that a role of the product implies are included.\n\n" +
			"SUBJECT is an e-mail address, a name, or an address such as user.ana@zoo.example. With a RIGHT, only the ways to that right are shown, " +
			"with --in only what holds at that place.\n\n" +
			"With --why-not, it proposes the smallest changes of the files that would give the user a right. Changes that grant the fewest other rights come first. " +
			"Only plan says whether the product accepts a change.\n\n" +
			"It ends with exit code 1 if not everything could be read. It only reads.",
		Example: "  rolecall explain ana@zoo.example examples/zoo\n" +
			"  rolecall explain ana@zoo.example business_edit --in A07 examples/zoo\n" +
			"  rolecall explain ben@zoo.example --why-not review_management --in A07 examples/zoo\n" +
			"  rolecall explain \"Ben Okoro\" --files examples/zoo    # as the files declare it, without a key",
		GroupID:           groupPlan,
		Args:              between(1, 3, "a user, at most one right and at most one directory"),
		ValidArgsFunction: completeSecondDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			most := 2
			if o.whyNot != "" {
				most = 1
			}
			args, dir := questionArgs(args, most, o.dir)
			right := o.whyNot
			if len(args) > 1 {
				if right != "" {
					return advise("Write explain SUBJECT --why-not RIGHT.", "a right and --why-not cannot be used together")
				}
				right = args[1]
			}
			return runExplain(c.Context(), f, args[0], right, dir, &o)
		},
	}
	o.register(c)
	c.Flags().StringVar(&o.whyNot, "why-not", "", "propose the smallest changes that would give the user `RIGHT`")
	c.Flags().StringVar(&o.dir, "dir", "", "read the configuration in `DIR`; the second argument is a RIGHT then")
	return c
}

// An explained is what a subject may do in a tenant.
type explained struct {
	*tenantState
	sub    *access.Subject
	right  string
	scope  *access.Scope
	shares []access.Share
	whole  bool

	has       bool // the right of --why-not
	whyNot    bool
	proposals []access.Proposal
}

func runExplain(ctx context.Context, f *Factory, subject, right, dir string, o *explainOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	read, err := o.read(ctx, f, dir)
	if err != nil {
		return err
	}
	all, subjects, err := o.subjects(read, subject)
	if err != nil {
		return err
	}
	found, err := o.explain(all, subjects, right)
	if err != nil {
		return err
	}
	var answered []*tenantState
	for i := range found {
		answered = append(answered, found[i].tenantState)
	}
	return o.print(f, read, answered, func(whole bool) any { return newExplainJSON(f.Version.Release, whole, found) }, func(w *answerText) {
		for i := range found {
			w.explained(&found[i])
		}
	})
}

// subjects finds the subject that a text means, in each tenant that has it.
func (o *questionFlags) subjects(all []*tenantState, asked string) ([]*tenantState, []*access.Subject, error) {
	var with []*tenantState
	var out []*access.Subject
	var near []string
	for _, t := range all {
		found, similar := t.FindSubject(asked)
		near = append(near, similar...)
		switch len(found) {
		case 0:
		case 1:
			with, out = append(with, t), append(out, found[0])
		default:
			var names []string
			for _, sub := range found {
				names = append(names, sub.Addr.String())
			}
			return nil, nil, advise("It may mean "+text.Or(firstOf(names))+". Write one of them.", "%q means several users in %s", asked, t.name)
		}
	}
	if len(out) > 0 {
		return with, out, nil
	}
	for _, t := range all {
		if o := t.FindObject(asked); o != nil {
			return nil, nil, advise("explain takes a user, such as user.ana@zoo.example. To see who has a right, run \"rolecall who-can RIGHT\".", "%s is no user", o.Addr)
		}
	}
	hint := didYouMean(near) + "Write an e-mail address, a name, or an address such as user.ana@zoo.example."
	switch {
	case incompleteAnswer(all) != nil:
		hint += " Not all users could be read, so there may be one. Use the key of an administrator."
	case !o.files:
		hint += " With --files, rolecall explains what users of the files may do whom apply has not created yet."
	}
	return nil, nil, advise(hint, "no user is called %q%s", asked, o.where())
}

// explain explains the rights of a subject in each tenant.
func (o *explainOptions) explain(all []*tenantState, subjects []*access.Subject, right string) ([]explained, error) {
	of := map[*tenantState]*access.Subject{}
	for i, t := range all {
		of[t] = subjects[i]
	}
	all, scopes, err := o.scopes(all)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	if right != "" {
		if names, err = o.rights(all, right); err != nil {
			return nil, err
		}
	}
	var out []explained
	for i, t := range all {
		if right != "" && names[i] == "" {
			continue
		}
		x := explained{tenantState: t, sub: of[t], right: names[i], scope: scopes[i]}
		x.shares, x.whole = t.Explain(x.sub, x.right, x.scope)
		if o.whyNot != "" {
			x.proposals, x.has = t.WhyNot(x.sub, x.right, x.scope)
			x.whyNot = !x.has
		}
		out = append(out, x)
	}
	return out, nil
}

// explained writes what a subject may do in a tenant.
func (w *answerText) explained(x *explained) {
	w.tenant(x.tenantState)
	w.line(0, subjectWords(x.tenantState, x.sub)+subjectState(x.sub))
	if x.has {
		w.blank()
		w.line(0, "The user has "+x.right+inScope(x.scope)+" already.")
	}
	for i := range x.shares {
		w.blank()
		w.share(x, &x.shares[i])
	}
	if x.whyNot {
		w.blank()
		w.proposals(x)
	} else if len(x.shares) == 0 {
		w.blank()
		w.line(0, x.nothing())
	}
	if !x.whole {
		w.blank()
		w.line(0, "Not everything that gives this user rights could be read.")
	}
	w.unseen(x.tenantState)
}

// subjectState says what is special about a subject.
func subjectState(sub *access.Subject) string {
	switch {
	case sub.Object == nil:
		return ", not listed by the product"
	case sub.Inactive():
		return ", inactive"
	case sub.Administers():
		return ", administrator"
	}
	return ""
}

// nothing says that a subject lacks what was asked for.
func (x *explained) nothing() string {
	what := x.right
	if what == "" {
		what = "rights"
	}
	switch {
	case x.sub.Inactive():
		return "The user cannot sign in, and so has no rights."
	case x.right == "":
		return "The user has no " + what + inScope(x.scope) + "."
	}
	return fmt.Sprintf("The user does not have %s%s.", what, inScope(x.scope))
}

// share writes the rights on one scope.
func (w *answerText) share(x *explained, s *access.Share) {
	head := text.Count(len(s.Rights), "right", "rights")
	if x.right != "" {
		head = x.right
	}
	switch {
	case s.All:
		head = "Everything"
	case s.Unknown:
		head = "Not known" + inScope(x.scope) + ": " + head
	}
	if on := text.List(s.Scopes, w.limit(shownPlaces)); on != "" {
		head += " on " + on
	}
	if s.Via != "" {
		head += " through " + s.Via
	}
	if s.Privileged {
		head += " (privileged)"
	}
	w.line(0, head+untilWords(s.Until))
	w.chain(4, &s.Chain)
	if x.right == "" && !s.All {
		w.line(2, text.List(s.Rights, w.limit(shownRights)))
	}
	if len(s.Places) > 0 {
		w.line(2, text.Count(len(s.Places), "place", "places")+": "+text.List(s.Places, w.limit(shownPlaces)))
	}
}
