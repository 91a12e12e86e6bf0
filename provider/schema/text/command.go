package text

// A commandFilter prevents text from containing commands for a CI system. Runners execute
// commands in the output of a program: GitHub those in a line that begins with :: after
// blanks, such as ::add-mask::NAME, which hides a name in the whole log, and Azure, TeamCity
// and older runners ##[...], ##vso[...] and ##teamcity[...] anywhere in a line. A name or a
// message from outside can contain one.
//
// The zero value is at the start of a line. It may get a text in pieces.
type commandFilter struct {
	begun bool // the line has more than blanks
	marks int  // of "##" and the letters after it: how many # there were, up to 2
}

// WithoutCommands escapes the commands that CI systems execute anywhere in a line.
func WithoutCommands(s string) string {
	f := commandFilter{begun: true}
	return string(f.filter([]byte(s)))
}

// filter writes an escape for the colon and the bracket that make a command. The escape
// is one of Go and of JSON, and rolecall itself prints neither of the two.
func (f *commandFilter) filter(p []byte) []byte {
	var out []byte
	from := 0
	for i, c := range p {
		escape := ""
		switch {
		case c == ':' && !f.begun:
			escape = `\u003a`
		case c == '[' && f.marks == 2:
			escape = `\u005b`
		}
		if escape != "" {
			out = append(append(out, p[from:i]...), escape...)
			from = i + 1
		}
		f.pass(c)
	}
	if out == nil {
		return p
	}
	return append(out, p[from:]...)
}

func (f *commandFilter) pass(c byte) {
	switch {
	case c == '#':
		f.marks = min(f.marks+1, 2)
	case f.marks < 2 || !('a' <= c|0x20 && c|0x20 <= 'z'):
		f.marks = 0
	}
	switch c {
	case '\n':
		f.begun = false
	case ' ', '\t':
	default:
		f.begun = true
	}
}
