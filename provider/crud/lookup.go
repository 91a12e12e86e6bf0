package crud

import (
	"context"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A ListFunc yields every object of a kind, as the List of a Resource does.
type ListFunc func(ctx context.Context, yield func(schema.Object, error) bool)

// IDOf returns the product's id of the object of a kind with a key: files name objects by
// key, and most APIs refer to them by id. If the Index does not have the key, the kind is
// listed, which adds all of its objects. The error is provider.ErrNotFound if no object has
// the key.
func (c Objects) IDOf(ctx context.Context, kind *schema.Kind, list ListFunc, key string) (string, error) {
	id, err := lookUp(ctx, list, func() (string, bool) { return c.Index.ID(kind.Name, key) })
	if err == nil && id == "" {
		err = unknown(kind, fmt.Sprintf("called %q", key), provider.ErrNotFound)
	}
	return id, err
}

// KeyOf returns the key of the object of a kind with an id, as IDOf returns the id. If there
// is no such object, the error is not provider.ErrNotFound: the object that refers to it is
// there.
func (c Objects) KeyOf(ctx context.Context, kind *schema.Kind, list ListFunc, id string) (string, error) {
	key, err := lookUp(ctx, list, func() (string, bool) { return c.Index.Key(kind.Name, id) })
	if err == nil && key == "" {
		err = unknown(kind, "with the id "+id, nil)
	}
	return key, err
}

// lookUp asks the Index, and once more after a list. It returns "" if nothing is known then.
func lookUp(ctx context.Context, list ListFunc, index func() (string, bool)) (found string, err error) {
	found, known := index()
	if known {
		return found, nil
	}
	list(ctx, func(_ schema.Object, problem error) bool {
		err = problem
		return err == nil
	})
	found, _ = index()
	return found, err
}

func unknown(kind *schema.Kind, which string, is error) error {
	name := spaced(kind.Name)
	return &provider.Error{Op: "look up " + name, Reason: fmt.Sprintf("there is no %s %s", name, which), Err: is}
}

// Listed returns the object with the id of o from the list of its kind, or
// provider.ErrNotFound.
func Listed(ctx context.Context, res Resource, o *schema.Object) (found schema.Object, err error) {
	err = provider.ErrNotFound
	res.List(ctx, func(live schema.Object, problem error) bool {
		if problem == nil && live.ID != o.ID {
			return true
		}
		found, err = live, problem
		return false
	})
	return found, err
}

// FindListed returns the object with the key of want from a list of its kind, or
// provider.ErrNotFound. It is an error if several objects have the key.
func FindListed(ctx context.Context, list ListFunc, want schema.Object) (found schema.Object, err error) {
	err = provider.ErrNotFound
	list(ctx, func(live schema.Object, problem error) bool {
		switch {
		case problem != nil:
			found, err = schema.Object{}, problem
		case live.Addr.Key != want.Addr.Key:
			return true
		case err == nil:
			found, err = schema.Object{}, ambiguous(want, found.ID, live.ID)
		default:
			found, err = live, nil
			return true
		}
		return false
	})
	return found, err
}

// ambiguous says that a key names two objects.
func ambiguous(want schema.Object, first, second string) error {
	kind, kinds := spaced(want.Kind.Name), spaced(want.Kind.Many())
	return &provider.Error{
		Op:     "look up " + kind,
		Reason: fmt.Sprintf("several %s are called %q, with the ids %s and %s", kinds, want.Addr.Key, first, second),
		Hint:   fmt.Sprintf("Files tell %s apart by their %s. Rename or delete one of the two in the product.", kinds, want.Kind.Keys()[0].Name),
	}
}

// spaced returns the name of a kind as words.
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }
