package plan

import (
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Scope says what a plan with --since compared, and what it did not look at.
type Scope struct {
	Since  string // the commit as it was asked for, such as "origin/main"
	Commit string // its hash
	// Everything says why everything was compared; empty if it was not.
	Everything  string
	Compared    int // declared objects that were compared
	NotCompared int // declared objects that were not
	// Left are the objects that the files of the commit declare and the files do not, sorted. The
	// plan did not look at them, and they stay as they are.
	Left []schema.Address
	// Longer lists what expires later than the files of the commit say, or not at all any more, with both days.
	Longer []string
	// ChecksGone are the checks that stopped apply by the files of the commit and do not by the files.
	ChecksGone []string
}

// maxLeft is the number of objects of Left that a sentence names.
const maxLeft = 5

// Text says in sentences what was compared and what was not.
func (s *Scope) Text() []string {
	name := s.Since
	if short := s.Commit[:min(len(s.Commit), 12)]; short != "" && short != s.Since {
		name += " (" + short + ")"
	}
	var out []string
	switch {
	case s.Everything != "":
		out = append(out, "Compared everything, because "+s.Everything+" since "+name+".")
	case s.Compared == 0:
		out = append(out, "Compared nothing: no declaration changed since "+name+".")
	default:
		out = append(out, "Compared "+text.Count(s.Compared, "object", "objects")+": what changed since "+name+", and what it refers to.")
	}
	if s.Everything == "" {
		out = append(out, "Not compared: "+text.Count(s.NotCompared, "object that did not change", "objects that did not change")+
			". Undeclared objects were not looked for.")
	}
	if n := len(s.ChecksGone); n > 0 {
		names := make([]string, 0, maxLeft)
		for _, name := range s.ChecksGone[:min(n, maxLeft)] {
			names = append(names, text.Quote(name))
		}
		out = append(out, text.Choose(n == 1, "A check", "Checks")+" that stopped apply at "+s.Since+" and no longer "+text.Choose(n == 1, "does: ", "do: ")+text.AndMore(names, n-len(names))+".")
	}
	if n := len(s.Longer); n > 0 {
		out = append(out, "Expires later than at "+s.Since+", which changes nothing in the product today: "+text.AndMore(s.Longer[:min(n, maxLeft)], n-min(n, maxLeft))+".")
	}
	if n := len(s.Left); n > 0 {
		names := make([]string, 0, maxLeft)
		for _, a := range s.Left[:min(n, maxLeft)] {
			names = append(names, a.String())
		}
		out = append(out, "Declared at "+s.Since+" and no longer, so left alone: "+text.AndMore(names, n-len(names))+
			". To remove "+text.Choose(n == 1, "it, write a removed block.", "them, write removed blocks."))
	}
	return out
}

// ExcludedBy returns the flag that excludes the changes of Excluded.
func (p *Plan) ExcludedBy() string {
	if p.Scope != nil {
		return "--since"
	}
	return "--target"
}
