package emulator

// A word is the access that a document gives as a whole, in the words of the app. Seeds use
// these words.
type word string

const (
	full     word = "full"
	readOnly word = "readOnly"
	custom   word = "custom"
	noAccess word = "noAccess"
)

func words() []word { return []word{full, readOnly, custom, noAccess} }

// literal returns the value of data.option for the word. Only noAccess is documented.
func (s *Server) literal(w word) string {
	switch {
	case w == noAccess || s.is("literals", "full"):
		return string(w)
	case s.is("literals", "fullAccess"):
		return map[word]string{full: "fullAccess", readOnly: "readOnlyAccess", custom: "customAccess"}[w]
	}
	return map[word]string{full: "everything", readOnly: "viewOnly", custom: "selected"}[w]
}

// wordFor returns the word for a value of data.option; ok is false if there is none.
func (s *Server) wordFor(literal string) (w word, ok bool) {
	for _, w := range words() {
		if s.literal(w) == literal {
			return w, true
		}
	}
	return custom, false // the fields decide
}

// wordOf returns the word of a document.
func (s *Server) wordOf(d *document) word {
	option, _ := d.data.text("option")
	w, _ := s.wordFor(option)
	return w
}

// align makes option and fields agree, as the variant option says.
func (s *Server) align(object string, d *document) {
	switch {
	case s.is("option", "recomputes-fields"):
		if w := s.wordOf(d); w != custom {
			for i := range d.fields {
				s.allow(&d.fields[i], w, s.derived(object, d.fields[i]))
			}
		}
	case s.is("option", "from-fields"):
		d.data.setText("option", s.literal(s.summary(object, d)))
	}
}

// summary returns the word for the rights on all fields of a document. A derived field that
// can be read has the most that it can have.
func (s *Server) summary(object string, d *document) word {
	hidden, read, edit, derived := 0, 0, 0, 0
	for _, f := range d.fields {
		switch r := rightOn(f); {
		case r == hide:
			hidden++
		case s.derived(object, f):
			derived++
		case r == edits:
			edit++
		default:
			read++
		}
	}
	switch {
	case hidden == len(d.fields):
		return noAccess
	case hidden == 0 && read == 0:
		return full
	case hidden == 0 && edit == 0:
		return readOnly
	}
	return custom
}

// A right is the right that a row of a document gives.
type right int

const (
	hide right = iota
	reads
	edits
)

// rightOn returns the right of a row. An unknown permissionType gives none.
func rightOn(row orderedObject) right {
	kind, _ := row.text("permissionType")
	switch {
	case is(row, "isDisabled") || kind != viewer && kind != editor:
		return hide
	case kind == editor:
		return edits
	}
	return reads
}

// allow writes into a row the right that a document with the word gives.
func (s *Server) allow(row *orderedObject, w word, derived bool) {
	switch w {
	case noAccess:
		s.setRight(row, hide)
	case readOnly:
		s.setRight(row, reads)
	default:
		if derived && !s.is("derived", "stored") {
			s.setRight(row, reads)
			return
		}
		s.setRight(row, edits)
	}
}

// setRight writes a right into a row, in the form that the variant hidden says.
func (s *Server) setRight(row *orderedObject, r right) {
	kind, disabled := viewer, false
	switch {
	case r == edits:
		kind = editor
	case r == hide && s.is("hidden", "viewer"):
		disabled = true
	case r == hide:
		kind, disabled = none, s.is("hidden", "none")
	}
	row.setText("permissionType", kind)
	row.setFlag("isDisabled", disabled)
}

// derived reports whether the field of a row is computed.
func (s *Server) derived(object string, row orderedObject) bool {
	f := s.fields[object][keyOf(row)]
	return f != nil && f.Derived
}
