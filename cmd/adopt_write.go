package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/natefinch/atomic"

	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// write writes the files. If one cannot be written, those before it are taken back. The baseline then
// knows what the files declare.
func (a *adopting) write(ctx context.Context, r *adopted) error {
	if len(r.files) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, x := range r.files {
		if err := x.unchanged(x.before); err != nil {
			return err
		}
	}
	for i, x := range r.files {
		err := x.replace(x.before, x.after)
		if err == nil {
			continue
		}
		for _, done := range r.files[:i] {
			err = errors.Join(err, done.replace(done.after, done.before))
		}
		return err
	}
	return a.refreshBaseline(r)
}

// refreshBaseline lets the baseline know what the files declare now. Kinds that it does not have stay
// unknown to it.
func (a *adopting) refreshBaseline(r *adopted) error {
	if len(a.known.Tenants) == 0 {
		return nil
	}
	a.c.config = r.config
	err := changeBaselines(a.c, func(b *baselines) {
		for i, p := range r.plan.Plans {
			before := b.of(p)
			if before == nil {
				continue
			}
			o := a.c.observation(i, p)
			o.Live = maps.Clone(a.live[i])
			maps.DeleteFunc(o.Live, func(kind string, _ []schema.Object) bool { return before.Kinds[kind] == nil })
			b.set(drift.Refresh(o, before))
		}
	})
	if err != nil {
		return fmt.Errorf("the files were written, but not the baseline for rolecall drift: %w", err)
	}
	return nil
}

// unchanged checks that the file has the given bytes, or does not exist if they are nil, and that its
// path still leads there without links.
func (x *adoptFile) unchanged(want []byte) error {
	info, err := os.Lstat(x.target)
	if want == nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return changedBeforeAdopt(x.path)
	}
	if err != nil {
		return err
	}
	now, err := os.ReadFile(x.target)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || !bytes.Equal(now, want) {
		return changedBeforeAdopt(x.path)
	}
	return nil
}

func changedBeforeAdopt(path string) error {
	return advise("adopt leaves the file as it is. Look at it, and adopt again.", "another program changed %s meanwhile", text.Clean(path))
}

// replace writes the file as a whole. It must have the bytes of from.
func (x *adoptFile) replace(from, to []byte) error {
	if err := x.unchanged(from); err != nil {
		return err
	}
	switch {
	case to == nil:
		return os.Remove(x.target)
	case from != nil:
		if err := atomic.WriteFile(x.target, bytes.NewReader(to)); err != nil {
			return fmt.Errorf("cannot write %s: %w", text.Clean(x.path), err)
		}
		return nil
	}
	root, err := os.OpenRoot(filepath.Dir(x.target))
	if err != nil {
		return err
	}
	defer root.Close()
	return replaceFile(root, filepath.Base(x.target), nil, to)
}
