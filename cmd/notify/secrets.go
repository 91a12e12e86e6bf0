package notify

import (
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// options are parameters of URLs whose values are not secret.
var options = []string{"contenttype", "disabletls", "template", "title", "titlekey", "messagekey", "method",
	"color", "botname", "username", "icon", "icon_emoji", "icon_url", "thread_ts", "api-version"}

// addSecrets adds what may be secret in the URL of a target: its password, and what looks like a token as
// the user, in the path and in the parameters, which can be URLs. Scheme and host are not secret, and
// neither is anything but the password in the URL of a mail server.
func addSecrets(u *url.URL, secrets *secret.Set) {
	if password, ok := u.User.Password(); ok {
		secrets.Add(password)
	}
	if u.Scheme == smtp.Scheme {
		return
	}
	for _, part := range append(strings.Split(u.Path, "/"), u.User.Username()) {
		if looksRandom(part) {
			secrets.Add(part)
		}
	}
	for name, values := range u.Query() {
		if slices.Contains(options, strings.ToLower(name)) {
			continue
		}
		for _, v := range values {
			if looksRandom(v) || rest.LooksSecret(name) {
				secrets.Add(v)
				if _, token, ok := strings.Cut(v, " "); ok { // as in Bearer TOKEN
					secrets.Add(token)
				}
			}
			if within, err := url.Parse(v); err == nil && within.Host != "" {
				addSecrets(within, secrets)
			}
		}
	}
}

// looksRandom reports whether a text is too long for a word, or long and with digits.
func looksRandom(s string) bool {
	return len(s) >= 16 || len(s) >= 8 && strings.ContainsAny(s, "0123456789")
}
