package cmd

import (
	"slices"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A warningLog collects what a product warns of beside successful answers, each warning
// once. It is safe for concurrent use.
type warningLog struct {
	mu      sync.Mutex
	texts   []string
	printed int
}

func (l *warningLog) add(t provider.Traffic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range t.Warnings {
		if w != "" && !slices.Contains(l.texts, w) {
			l.texts = append(l.texts, w)
		}
	}
}

// take returns the warnings that it has not returned before.
func (l *warningLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	texts := l.texts[l.printed:]
	l.printed = len(l.texts)
	return texts
}

// productWarnings returns the new warnings of the products as findings.
func (c *connections) productWarnings() []schema.Finding {
	var out []schema.Finding
	for _, t := range c.all {
		if t == nil {
			continue
		}
		for _, w := range t.warnings.take() {
			out = append(out, schema.Finding{
				Severity: schema.Warning, Code: t.product.Provider.Name + "/product-warning",
				Summary: t.product.Provider.Title + " answered with a warning", Detail: w,
			})
		}
	}
	return out
}
