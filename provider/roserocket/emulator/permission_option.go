package emulator

// A word says what a document allows as a whole, in the words of the user
// interface. A seed uses them.
type word string

const (
	full     word = "full"
	readOnly word = "readOnly"
	custom   word = "custom"
	noAccess word = "noAccess"
)

func words() []word { return []word{full, readOnly, custom, noAccess} }

// literal is how data.option spells the word. Only noAccess is documented.
func (s *Server) literal(w word) string {
	switch {
	case w == noAccess || s.is("literals", "full"):
		return string(w)
	case s.is("literals", "fullAccess"):
		return map[word]string{full: "fullAccess", readOnly: "readOnlyAccess", custom: "customAccess"}[w]
	}
	return map[word]string{full: "everything", readOnly: "viewOnly", custom: "selected"}[w]
}

// wordFor reads data.option; ok is false where it is no literal.
func (s *Server) wordFor(literal string) (w word, ok bool) {
	for _, w := range words() {
		if s.literal(w) == literal {
			return w, true
		}
	}
	return custom, false // its fields decide
}

// wordOf is the word of a document.
func (s *Server) wordOf(d *document) word {
	option, _ := d.data.text("option")
	w, _ := s.wordFor(option)
	return w
}

// align makes option and fields agree, in the way that the variant takes for true.
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

// summary is the word that the fields of a document amount to. A derived field that
// can be read is as open as it can be.
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

// A right is what a row of a document allows.
type right int

const (
	hide right = iota
	reads
	edits
)

// rightOn reads a row; what it does not know allows nothing.
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

// allow writes the right that a document of the word gives into a row.
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

// setRight writes the right as it is written in this organization.
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
