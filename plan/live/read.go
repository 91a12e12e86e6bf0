package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// list lists kinds in parallel, and completes those of their objects that the plan certainly needs
// while larger kinds are still being listed. The client limits the rate of requests.
func (s *planner) list(ctx context.Context, kinds []string) error {
	lists := make([][]schema.Object, len(kinds))
	g, ctx := errgroup.WithContext(ctx)
	for i, name := range kinds {
		g.Go(func() error {
			all, err := s.listOne(ctx, s.Tenant.Product.Kind(name))
			if err != nil {
				return err
			}
			select {
			case <-s.resolved:
			case <-ctx.Done():
				return ctx.Err()
			}
			thin := s.underspecified(all)
			whole, err := s.read(ctx, thin)
			if err != nil {
				return err
			}
			lists[i] = replace(all, thin, whole)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, name := range kinds {
		s.live[name] = lists[i]
	}
	return nil
}

// underspecified lists the incomplete objects without an attribute that a file sets. The plan would
// request them, and perhaps more.
func (s *planner) underspecified(all []schema.Object) []schema.Object {
	var thin []schema.Object
	var said map[string]schema.Mask // by the key
	for _, o := range all {
		if !o.Incomplete {
			continue
		}
		if said == nil {
			said = s.said(o.Kind)
		}
		if said[o.Addr.Key]&^o.Set != 0 {
			thin = append(thin, o)
		}
	}
	return thin
}

// said returns the compared attributes that files set, by key of the objects of a kind.
func (s *planner) said(kind *schema.Kind) map[string]schema.Mask {
	var compared schema.Mask
	for i := range kind.Attributes {
		if kind.Attributes[i].Comparable() {
			compared = compared.With(i)
		}
	}
	out := map[string]schema.Mask{}
	for i := range s.compared {
		if o := &s.compared[i]; o.Kind == kind {
			out[o.Addr.Key] = o.Set & compared
		}
	}
	return out
}

func (s *planner) listOne(ctx context.Context, kind *schema.Kind) ([]schema.Object, error) {
	if listed, ok := s.Listed[kind.Name]; ok && !kind.NoList {
		return slices.Clone(listed), nil
	}
	if kind.NoList {
		return s.readDeclared(ctx, kind)
	}
	// The list is never nil, because nil means that the kind was not listed.
	out := make([]schema.Object, 0, s.declared(kind))
	for o, err := range s.Client.List(ctx, kind) {
		if err != nil {
			if told := (*provider.Error)(nil); !errors.As(err, &told) {
				err = fmt.Errorf("list %s: %w", kind.Many(), err)
			}
			return nil, err
		}
		out = append(out, o)
		if len(out)%100 == 0 {
			s.tell(Progress{Kind: kind, Seen: len(out)})
		}
	}
	s.tell(Progress{Kind: kind, Seen: len(out), Done: true})
	return out, nil
}

func (s *planner) declared(kind *schema.Kind) int {
	n := 0
	for i := range s.compared {
		if s.compared[i].Kind == kind {
			n++
		}
	}
	return n
}

func (s *planner) tell(p Progress) {
	if s.Observe != nil {
		s.Observe(p)
	}
}

// read reads incomplete objects. The result is nil for an object that was deleted meanwhile: it is
// not found, and the list of its kind does not show it any more.
func (s *planner) read(ctx context.Context, thin []schema.Object) ([]*schema.Object, error) {
	if len(thin) == 0 {
		return nil, nil
	}
	objects := make([]*schema.Object, len(thin))
	progress := s.wholeProgress(thin)
	g, reading := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, o := range thin {
		g.Go(func() error {
			whole, err := s.Client.Read(reading, o)
			progress(o.Kind)
			switch {
			case errors.Is(err, provider.ErrNotFound):
				return nil
			case err != nil:
				return fmt.Errorf("read %s: %w", o.Addr, err)
			case whole.Incomplete:
				panic("a read must give a whole object: " + o.Addr.String())
			}
			objects[i] = &whole
			return nil
		})
	}
	if err := cmp.Or(g.Wait(), ctx.Err()); err != nil {
		return nil, err
	}
	return objects, s.confirmGone(ctx, thin, objects)
}

// wholeProgress returns a function to call after each of the objects was read.
func (s *planner) wholeProgress(thin []schema.Object) func(*schema.Kind) {
	var mu sync.Mutex
	done, of := map[*schema.Kind]int{}, map[*schema.Kind]int{}
	for _, o := range thin {
		of[o.Kind]++
	}
	return func(k *schema.Kind) {
		mu.Lock()
		defer mu.Unlock()
		done[k]++
		s.tell(Progress{Kind: k, Whole: done[k], Of: of[k]})
	}
}

// confirmGone lists the kinds of the objects that were listed and not found. It returns an error if
// one of them is still in the list: a product may answer "not found" if the key lacks a right, and
// the plan must not assume that the object does not exist.
func (s *planner) confirmGone(ctx context.Context, thin []schema.Object, whole []*schema.Object) error {
	var kinds []*schema.Kind
	missing := map[*schema.Kind]map[string]bool{} // ids
	for i, o := range thin {
		if whole[i] != nil || o.Kind.NoList {
			continue
		}
		if missing[o.Kind] == nil {
			missing[o.Kind] = map[string]bool{}
			kinds = append(kinds, o.Kind)
		}
		missing[o.Kind][o.ID] = true
	}
	if c, ok := s.Client.(provider.Forgetter); ok && len(kinds) > 0 {
		c.Forget()
	}
	for _, kind := range kinds {
		for o, err := range s.Client.List(ctx, kind) {
			switch {
			case err != nil:
				return err
			case missing[kind][o.ID]:
				return &provider.Error{
					Op: "read " + kind.Name, Status: http.StatusNotFound,
					Reason: fmt.Sprintf("the list of %s shows %s, and reading it is answered with \"not found\"", kind.Many(), o.Addr.Key),
					Hint:   "The key may lack the right to read it. Use the key of an administrator, or plan again if another person is making changes.",
				}
			}
		}
	}
	return nil
}

// replace replaces incomplete objects by complete ones, and leaves out those that are nil. It
// compares ids, because planning may change keys.
func replace(list, thin []schema.Object, whole []*schema.Object) []schema.Object {
	if len(thin) == 0 {
		return list
	}
	type identity struct{ kind, id string }
	at := make(map[identity]*schema.Object, len(thin))
	for i, o := range thin {
		at[identity{o.Kind.Name, o.ID}] = whole[i]
	}
	out := list[:0]
	for _, o := range list {
		w, asked := at[identity{o.Kind.Name, o.ID}]
		switch {
		case !o.Incomplete || !asked:
			out = append(out, o)
		case w != nil:
			out = append(out, *w)
		}
	}
	return out
}
