package schema

import "fmt"

// An Action is what a change does to one object. The zero value does nothing.
type Action uint8

// The actions, in the order in which a reader should meet them last to first:
// the riskier, the later.
const (
	NoOp       Action = iota
	Create            // the object does not exist and will
	Update            // attributes change in place
	Rename            // the key changes in place, the id stays
	Forget            // no file declares the object any more, and it stays in the product
	Deactivate        // the object stays but can no longer be used
	Delete            // the object is deleted
	Refuse            // the difference must not or cannot be executed; a finding says why
)

var actionNames = [...]string{"no-op", "create", "update", "rename", "forget", "deactivate", "delete", "refuse"}

func (a Action) String() string { return actionNames[a] }

// ActionNames returns the name of each action.
func ActionNames(actions []Action) []string {
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = a.String()
	}
	return names
}

// Writes reports whether the action sends a write to the product.
func (a Action) Writes() bool {
	switch a {
	case Create, Update, Rename, Deactivate, Delete:
		return true
	}
	return false
}

// Removes reports whether the object can no longer be used afterwards.
func (a Action) Removes() bool { return a == Deactivate || a == Delete }

// MarshalText writes the action's name, for plan files and JSON output.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an action's name.
func (a *Action) UnmarshalText(b []byte) error {
	for i, n := range actionNames {
		if n == string(b) {
			*a = Action(i)
			return nil
		}
	}
	return fmt.Errorf("unknown action %q", b)
}
