package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
)

// Markdown writes the plans of a document as one Markdown page for a pull request.
func Markdown(w io.Writer, d *plan.Document, o Options) error {
	var page bytes.Buffer
	if err := Terminal(&page, d, Options{Width: 100, Verbose: o.Verbose}); err != nil {
		return err
	}
	for _, p := range d.Plans {
		if _, err := io.WriteString(w, Marker("plan", p.Product, p.Tenant)); err != nil {
			return err
		}
	}
	fence := fenceFor(page.String())
	_, err := fmt.Fprintf(w, "\n%stext\n%s%s\n", fence, page.String(), fence)
	return err
}

// fenceFor returns a fence that no line of the text can close.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}
