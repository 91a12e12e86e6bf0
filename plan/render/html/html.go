// Package html writes a plan or an access review as one HTML page that needs nothing else: it loads no other file, runs
// only its own script, and can be read without it.
package html

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// In style.css and script.js no line begins with a colon, because the output of rolecall escapes it;
// see text.Writer.
//
//go:embed frame.html plan.html fleet.html review.html style.css script.js
var files embed.FS

// mostLaidOut is the number of changes up to which a browser lays out all of them.
const mostLaidOut = 500

// Write writes the plans of a document as one page, while it walks them. If a plan has errors, it
// writes only the findings: what the files mean is unknown, so the changes may be wrong.
func Write(w io.Writer, d *plan.Document) error {
	body := newDocument(d)
	return writeFrame(w, "plan.html", &frame{
		Title: body.title(), Noun: "changed objects", Large: body.total > mostLaidOut, Filters: body.filters(), Content: body,
	})
}

// A frame is what every page has around its content: style, script, search and filters.
type frame struct {
	Title         string
	Noun          string // of the items that are counted: "changes"
	Large         bool   // there are so many items that a browser should not lay out those out of sight
	NoPeople      bool   // nobody is named, so there is nobody to choose
	Filters       []filter
	Policy        string        // Content-Security-Policy
	Style, Script template.HTML // elements
	Content       any           // of the templates "header", "contents" and "main"
}

// A filter lets readers choose one value of an attribute of items: data-NAME, which has one or
// several values with spaces between them.
type filter struct {
	Name, Label, All string // All is the label of the choice of everything
	Options          []option
}

// An option is a value, with the number of items that have it.
type option struct {
	Value, Label string
	Count        int
}

// writeFrame writes a page with the content of a template file.
func writeFrame(w io.Writer, content string, f *frame) error {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return err
	}
	script, err := files.ReadFile("script.js")
	if err != nil {
		return err
	}
	// The hashes allow exactly these two elements, so that no other one has an effect.
	f.Policy = "default-src 'none'; img-src data:; style-src " + hash(style) + "; script-src " + hash(script) + "; base-uri 'none'; form-action 'none'"
	f.Style = template.HTML("<style>" + string(style) + "</style>")
	f.Script = template.HTML("<script>" + string(script) + "</script>")
	t, err := template.New("frame.html").Funcs(template.FuncMap{"clean": text.Clean, "count": text.Count}).ParseFS(files, "frame.html", content)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(out, f); err != nil {
		return err
	}
	return out.Flush()
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
