package apply

import (
	"context"
	"iter"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A refresher reads objects from the product. An error is provider.ErrNotFound, or says why the
// object could not be read.
type refresher struct {
	client provider.Client

	confirming sync.Mutex          // guards confirmed
	confirmed  map[string]*listing // by kind; see gone

	ahead map[string]*lookAhead // by kind, of objects that are created together
}

func newRefresher(c provider.Client) *refresher {
	return &refresher{client: c, confirmed: map[string]*listing{}}
}

// gone reports whether an object that was not found is missing from the list of its kind too:
// a product may answer "not found" if the key lacks a right. An object that is missing from an
// earlier list does not need another one.
func (l *refresher) gone(ctx context.Context, have *schema.Object) (bool, error) {
	if have.Kind.NoList {
		return true, nil
	}
	l.confirming.Lock()
	defer l.confirming.Unlock()
	if all := l.confirmed[have.Kind.Name]; all != nil {
		if _, err := all.object(have); err != nil {
			return true, nil
		}
	}
	all, err := l.list(ctx, have.Kind)
	if err != nil {
		return false, err
	}
	l.confirmed[have.Kind.Name] = all
	_, err = all.object(have)
	return err != nil, nil
}

// find returns the complete object with the key of want, whose id is not known.
func (l *refresher) find(ctx context.Context, want *schema.Object) (schema.Object, error) {
	if want.Kind.NoList {
		return l.client.Read(ctx, *want)
	}
	found, err := l.client.Find(ctx, *want)
	if err == nil && found.Incomplete {
		return l.client.Read(ctx, found)
	}
	return found, err
}

// after returns the object after a write without an answer. o is the object before a change,
// or the wanted one of a create.
func (l *refresher) after(ctx context.Context, o *schema.Object) (schema.Object, error) {
	if o.ID != "" {
		return l.client.Read(ctx, *o)
	}
	return l.find(ctx, o)
}

func (l *refresher) list(ctx context.Context, kind *schema.Kind) (*listing, error) {
	return listingOf(l.fresh(ctx, kind))
}

func listingOf(objects iter.Seq2[schema.Object, error]) (*listing, error) {
	all := &listing{byID: map[string]schema.Object{}, byKey: map[string]schema.Object{}}
	for o, err := range objects {
		if err != nil {
			return nil, err
		}
		all.add(o)
	}
	return all, nil
}

// fresh lists the kind without the client's cached lists, which were read before the plan was
// approved.
func (l *refresher) fresh(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	if c, ok := l.client.(provider.Forgetter); ok {
		c.Forget()
	}
	return l.client.List(ctx, kind)
}

// A listing is every object of one kind.
type listing struct {
	byID, byKey map[string]schema.Object
}

func (l *listing) add(o schema.Object) {
	if o.ID != "" {
		l.byID[o.ID] = o
	}
	l.byKey[o.Addr.Key] = o
}

// object returns the listed object with the id of o, or with its key if it has no id.
func (l *listing) object(o *schema.Object) (schema.Object, error) {
	if o.ID == "" {
		return l.byKeyOf(o)
	}
	found, ok := l.byID[o.ID]
	if !ok {
		return schema.Object{}, provider.ErrNotFound
	}
	return found, nil
}

// byKeyOf returns the listed object with the key of another one.
func (l *listing) byKeyOf(o *schema.Object) (schema.Object, error) {
	found, ok := l.byKey[o.Addr.Key]
	if !ok {
		return schema.Object{}, provider.ErrNotFound
	}
	return found, nil
}
