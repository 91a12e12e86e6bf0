package checks

import (
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// answers answers the questions of the checks of a tenant; it is a schema.CheckAnswers. Each question about a
// right is answered once.
type answers struct {
	Input
	extents map[question]*access.Extents
	rights  map[string]found[string]
	scopes  map[string]found[*access.Scope]
	people  map[string]found[*access.Subject]
	unseen  []string // what could not be read, in full sentences
}

type question struct {
	right string
	scope *access.Scope
}

// A found is what a text means.
type found[T any] struct {
	is      T
	problem *schema.CheckProblem
}

func newAnswers(in Input) *answers {
	a := &answers{
		Input: in, extents: map[question]*access.Extents{}, rights: map[string]found[string]{},
		scopes: map[string]found[*access.Scope]{}, people: map[string]found[*access.Subject]{},
	}
	a.unseen, _ = in.State.Unseen()
	return a
}

// remember returns what a text means, and looks for it once.
func remember[T any](known map[string]found[T], text string, look func() found[T]) (T, *schema.CheckProblem) {
	f, ok := known[text]
	if !ok {
		f = look()
		known[text] = f
	}
	return f.is, f.problem
}

func (a *answers) subject(name string) (*access.Subject, *schema.CheckProblem) {
	return remember(a.people, name, func() found[*access.Subject] {
		switch list := a.State.Named(name); len(list) {
		case 1:
			return found[*access.Subject]{is: list[0]}
		case 0:
			others, near := a.State.FindSubject(name)
			for _, sub := range others {
				near = append(near, a.State.NameOf(sub))
			}
			return found[*access.Subject]{problem: a.unknown("No user is called "+quoted(name), near,
				"Write an e-mail address, a key, or an address such as user.ana@zoo.example. If the user has left, delete the name from the check.")}
		default:
			var names []string
			for _, sub := range list {
				names = append(names, sub.Addr.String())
			}
			return found[*access.Subject]{problem: ambiguous(name, "users", names)}
		}
	})
}

func (a *answers) right(name string) (string, *schema.CheckProblem) {
	return remember(a.rights, name, func() found[string] {
		switch list, near := a.State.FindRight(name); len(list) {
		case 1:
			return found[string]{is: list[0]}
		case 0:
			return found[string]{problem: a.unknown("No right is called "+quoted(name), near, "\"rolecall permissions\" lists what roles can grant.")}
		default:
			return found[string]{problem: ambiguous(name, "rights", list)}
		}
	})
}

// scope returns what a text means; nil, which is anywhere, for "".
func (a *answers) scope(name string) (*access.Scope, *schema.CheckProblem) {
	if name == "" {
		return nil, nil
	}
	return remember(a.scopes, name, func() found[*access.Scope] {
		switch list, near := a.State.FindScope(name); len(list) {
		case 1:
			return found[*access.Scope]{is: list[0]}
		case 0:
			return found[*access.Scope]{problem: a.unknown("Nothing is called "+quoted(name), near, "A scope is a store, a team, an account, a group or an object.")}
		default:
			var names []string
			for _, sc := range list {
				names = append(names, sc.Text)
			}
			return found[*access.Scope]{problem: ambiguous(name, "things", names)}
		}
	})
}

func (a *answers) Subject(name string) *schema.CheckProblem { _, p := a.subject(name); return p }
func (a *answers) Right(name string) *schema.CheckProblem   { _, p := a.right(name); return p }
func (a *answers) Scope(name string) *schema.CheckProblem   { _, p := a.scope(name); return p }

// ask returns who has a right on a scope.
func (a *answers) ask(right, scope string) (*access.Extents, *access.Scope, *schema.CheckProblem) {
	r, p := a.right(right)
	if p != nil {
		return nil, nil, p
	}
	sc, p := a.scope(scope)
	if p != nil {
		return nil, nil, p
	}
	q := question{r, sc}
	h := a.extents[q]
	if h == nil {
		h = a.State.Extents(r, sc)
		a.extents[q] = h
	}
	return h, sc, nil
}

func (a *answers) Can(subject, right, scope string) (bool, *schema.CheckProblem) {
	sub, p := a.subject(subject)
	if p != nil {
		return false, p
	}
	h, sc, p := a.ask(right, scope)
	if p != nil {
		return false, p
	}
	what := fmt.Sprintf("%s has %s", subject, right)
	if sc != nil {
		what += " in " + sc.Text
	}
	extent := h.Of(sub)
	if extent == access.None && a.State.Unplaced(sub) {
		return false, a.unplaced(subject)
	}
	switch extent {
	case access.All:
		return true, nil
	case access.Unknown:
		return false, &schema.CheckProblem{Summary: "A right of " + quoted(subject) + " is not known", Detail: "It is not known whether " + what + ". \"rolecall explain\" shows what is not known."}
	case access.Part:
		return false, &schema.CheckProblem{
			Summary: quoted(subject) + " has the right on a part only",
			Detail:  fmt.Sprintf("%s, but only on some of its places, so the answer is neither yes nor no. Ask about one place, or leave out the scope to ask whether %s has it anywhere.", what, subject),
		}
	}
	return false, a.incomplete()
}

func (a *answers) WhoCan(right, scope string) ([]string, *schema.CheckProblem) {
	h, _, p := a.ask(right, scope)
	if p != nil {
		return nil, p
	}
	with, unknown := h.List()
	if n := len(unknown); n > 0 {
		return nil, &schema.CheckProblem{
			Summary: "It is not known who has " + quoted(right),
			Detail:  fmt.Sprintf("%s may have it besides the others: %s. \"rolecall who-can\" shows what is not known.", text.Count(n, "user", "users"), text.AndMore(a.names(unknown)[:min(n, most)], n-min(n, most))),
		}
	}
	return a.names(with), a.incomplete()
}

func (a *answers) Subjects() ([]string, *schema.CheckProblem) {
	active := slices.DeleteFunc(slices.Clone(a.State.Subjects()), (*access.Subject).Inactive)
	return a.names(active), a.incomplete()
}

func (a *answers) Administrators() ([]string, *schema.CheckProblem) {
	list, known := a.State.Administrators()
	if !known {
		title := a.Tenant.Product.Title
		return nil, &schema.CheckProblem{Summary: "Administrators are not known", Detail: title + " does not say who is an administrator. Ask for a right that only administrators have, with who_can."}
	}
	return a.names(list), a.incomplete()
}

func (a *answers) Rights(subject string) ([]string, *schema.CheckProblem) {
	sub, p := a.subject(subject)
	if p != nil {
		return nil, p
	}
	if a.State.Unplaced(sub) {
		return nil, a.unplaced(subject)
	}
	list, err := a.State.RightNames(sub)
	if err != nil {
		return nil, &schema.CheckProblem{Summary: "Rights of " + quoted(subject) + " are not known", Detail: text.Capital(text.Error(err)) + ". \"rolecall explain\" shows what is not known."}
	}
	return list, a.incomplete()
}

// unplaced is the problem that only files could say what a user has, and do not.
func (a *answers) unplaced(name string) *schema.CheckProblem {
	return &schema.CheckProblem{
		Summary: "The rights of " + quoted(name) + " are not known",
		Detail:  a.Tenant.Product.Title + " does not say which users have which role, and no file does for " + text.Quote(name) + ". Declare the user, with the role.",
	}
}

// incomplete is the problem that not everything could be read, so that an answer may lack something.
func (a *answers) incomplete() *schema.CheckProblem {
	if len(a.unseen) == 0 {
		return nil
	}
	detail := a.unseen[0]
	if n := len(a.unseen) - 1; n > 0 {
		detail += " " + text.Count(n, "other thing", "other things") + " could not be read either; \"rolecall who-can\" lists them."
	}
	return &schema.CheckProblem{Summary: "Not everything could be read", Detail: detail}
}

func (a *answers) names(list []*access.Subject) []string {
	out := make([]string, len(list))
	for i, sub := range list {
		out[i] = a.State.NameOf(sub)
	}
	slices.Sort(out)
	return out
}
