package roserocket

import (
	"encoding/json"
	"strings"
)

// reason finds Rose Rocket's own words in the body of a failure: a message that is
// one text or several, or what the issuer of tokens says.
func reason(_ int, body []byte) string {
	var b struct {
		Message     json.RawMessage `json:"message"`
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(body, &b) != nil {
		return ""
	}
	for _, words := range []string{texts(b.Message), b.Description, texts(b.Error)} {
		if words != "" {
			return words
		}
	}
	return ""
}

func texts(v json.RawMessage) string {
	var one string
	if json.Unmarshal(v, &one) == nil {
		return one
	}
	var several []string
	if json.Unmarshal(v, &several) == nil {
		return strings.Join(several, "; ")
	}
	return ""
}
