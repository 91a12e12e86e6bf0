package emulator

// The members that documents have under extra-keys=some. Their names begin with x: the
// documentation has none, and these are samples of what a live organization may have. Each
// revokes a right, so that a client that loses one grants something.

// restrict adds these members to a document, so that each revokes a right.
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

// extraWords calls say with each right that one of these members can revoke, and whether the
// document grants it.
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
