package emulator

// The members that documents have under extra-keys=some. Their names begin with an
// x: the documentation has none, and these stand for whatever a live organization
// may have. Each takes a right away, so that a client which loses one opens
// something.

// restrict adds them to a document of a role that is not to have everything.
func (d *document) restrict() {
	d.top.put("xSummaries", encodeList([]orderedObject{board("summary", true)}))
	d.record.setFlag("xShareAllowed", false)
	for i := range d.boards {
		d.boards[i].setFlag("xShareDisabled", true)
	}
	for i := range d.fields {
		d.fields[i].setFlag("xExportDisabled", true)
	}
}

// extraWords says what is allowed because one of them is missing or lifted.
func (s *Server) extraWords(object string, d *document, say func(bool, string)) {
	summaries := (&problems{}).list(d.top, "xSummaries", "", func(orderedObject, string) {})
	say(!is(byKey(summaries)["summary"], "isDisabled"), " summary")
	shared, told := d.record.flag("xShareAllowed")
	say(shared || !told, " share")
	for _, b := range d.boards {
		say(!is(b, "isDisabled") && !is(b, "xShareDisabled"), " board "+keyOf(b)+" share")
	}
	w := s.wordOf(d)
	for _, row := range d.fields {
		say(s.fieldRight(w, object, row) >= reads && !is(row, "xExportDisabled"), "."+keyOf(row)+" export")
	}
}
