package apply

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A refresher finds out what an object is like in the product: through the client's
// Reader and Finder, or by listing the kind where it has none. Its errors are
// provider.ErrNotFound, or say that it could not be found out.
type refresher struct {
	client provider.Client
	reader provider.Reader // may be nil
	finder provider.Finder // may be nil

	// listed holds the kinds that were listed before the first write, for clients
	// without Reader or Finder. One listing serves every change of the kind: it is
	// taken while nothing else is under way, so that it is complete. Of what the plan
	// itself changes meanwhile, only the changed objects are noted, so a provider whose
	// references are names and which can rename should be a Reader.
	listed map[string]*listing
	noting sync.RWMutex // guards what is in the listings

	confirmed  map[string]*listing // by kind; see gone
	confirming sync.Mutex          // guards confirmed
}

// newLook lists the kinds that the checks before the writes will need, in the
// order of the plan.
func newLook(ctx context.Context, c provider.Client, changes []plan.Change) (*refresher, error) {
	l := &refresher{client: c, listed: map[string]*listing{}, confirmed: map[string]*listing{}}
	l.reader, _ = c.(provider.Reader)
	l.finder, _ = c.(provider.Finder)
	for i := range changes {
		var kind *schema.Kind
		switch change := &changes[i]; {
		case !change.Action.Writes():
			continue
		case change.Action == schema.Create:
			kind = change.Want.Kind
			if l.finder != nil || kind.NoList {
				continue
			}
		default:
			if l.reader != nil {
				continue
			}
			kind = change.Have.Kind
		}
		if l.listed[kind.Name] != nil {
			continue
		}
		all, err := l.list(ctx, kind)
		if err != nil {
			return l, fmt.Errorf("reading the %s before the first write: %w", kind.Many(), err)
		}
		l.listed[kind.Name] = all
	}
	return l, nil
}

// before returns the object for the check before a write.
func (l *refresher) before(ctx context.Context, have *schema.Object) (schema.Object, error) {
	if l.reader != nil {
		return l.reader.Read(ctx, *have)
	}
	l.noting.RLock()
	defer l.noting.RUnlock()
	return l.listed[have.Kind.Name].object(have)
}

// gone reports whether an object that could not be read is missing from the list of its
// kind as well. A product may answer "not found" where the key lacks a right. One list
// serves all objects that are not in it: they do not come back.
func (l *refresher) gone(ctx context.Context, have *schema.Object) (bool, error) {
	if l.reader == nil || have.Kind.NoList {
		return true, nil // the list was read already, or there is none
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

// note remembers an object as it was read back after a write: the plan may change
// it once more.
func (l *refresher) note(o schema.Object) {
	all := l.listed[o.Addr.Kind]
	if all == nil {
		return
	}
	l.noting.Lock()
	defer l.noting.Unlock()
	all.add(o)
}

// exists looks for an object that is about to be created.
func (l *refresher) exists(ctx context.Context, want *schema.Object) (schema.Object, error) {
	if want.Kind.NoList {
		return l.reader.Read(ctx, *want)
	}
	if l.finder == nil {
		l.noting.RLock()
		defer l.noting.RUnlock()
		return l.listed[want.Kind.Name].object(want)
	}
	found, err := l.finder.Find(ctx, *want)
	return l.whole(ctx, found, err)
}

// after returns the object as it is now, after a write without an answer. have is
// the object before a change, or the wanted one after a create.
func (l *refresher) after(ctx context.Context, o *schema.Object) (schema.Object, error) {
	switch {
	case (o.ID != "" || o.Kind.NoList) && l.reader != nil:
		return l.reader.Read(ctx, *o)
	case o.ID == "" && l.finder != nil:
		found, err := l.finder.Find(ctx, *o)
		return l.whole(ctx, found, err)
	}
	all, err := l.list(ctx, o.Kind)
	if err != nil {
		return schema.Object{}, err
	}
	found, err := all.object(o)
	return l.whole(ctx, found, err)
}

// whole completes what a look-up found, where that is thin.
func (l *refresher) whole(ctx context.Context, o schema.Object, err error) (schema.Object, error) {
	if err == nil && o.Incomplete && l.reader != nil {
		return l.reader.Read(ctx, o)
	}
	return o, err
}

func (l *refresher) list(ctx context.Context, kind *schema.Kind) (*listing, error) {
	all := &listing{byID: map[string]schema.Object{}, byKey: map[string]schema.Object{}}
	for o, err := range l.fresh(ctx, kind) {
		if err != nil {
			return nil, err
		}
		all.add(o)
	}
	return all, nil
}

// fresh lists the kind as it is in the product now. What the client keeps is from
// before the plan was approved.
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

// object returns the listed object with the id, or with the key where there is
// none.
func (l *listing) object(o *schema.Object) (schema.Object, error) {
	found, ok := l.byKey[o.Addr.Key]
	if o.ID != "" {
		found, ok = l.byID[o.ID]
	}
	if !ok {
		return schema.Object{}, provider.ErrNotFound
	}
	return found, nil
}
