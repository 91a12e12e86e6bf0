package rest

import "strings"

// An undecoded answer is the text of an answer that Client.Do leaves to Call.Validate.
type undecoded []byte

// locate returns where the value of a member is in a JSON text, such as "meta.rows" for a
// member of a member. It reads the text only as far as needed for that, many times faster
// than decoding it, so the text need not be valid JSON. It returns 0, 0 if it does not find
// the member.
func locate(text []byte, name string) (from, to int) {
	from, to = 0, len(text)
	for part := range strings.SplitSeq(name, ".") {
		start, end := locateMember(text[from:to], part)
		if end == 0 {
			return 0, 0
		}
		from, to = from+start, from+end
	}
	return from, to
}

// locateMember returns where the last value with the name is in the text of an object.
func locateMember(text []byte, name string) (from, to int) {
	i := skipSpace(text, 0)
	if i == len(text) || text[i] != '{' {
		return 0, 0
	}
	for i++; ; i++ {
		key := skipSpace(text, i)
		keyEnd := skipValue(text, key)
		colon := skipSpace(text, keyEnd)
		if colon >= len(text) || text[colon] != ':' {
			return from, to
		}
		value := skipSpace(text, colon+1)
		end := skipValue(text, value)
		if keyEnd-key == len(name)+2 && string(text[key+1:keyEnd-1]) == name {
			from, to = value, end
		}
		if i = skipSpace(text, end); i >= len(text) || text[i] != ',' {
			return from, to
		}
	}
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the end of the value that begins at i.
func skipValue(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return min(i+1, len(text))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}
