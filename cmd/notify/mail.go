package notify

import (
	"errors"
	"mime"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// newMail returns the mailboxes of an smtp:// URL. Text and password are sent encrypted, unless the
// server is on this machine or the URL says requirestarttls=no.
func newMail(u *url.URL) (*Target, error) {
	s := &smtp.Service{}
	if err := s.Initialize(u, nil); err != nil {
		return nil, err
	}
	c := s.Config
	if c.Host == "" {
		return nil, errors.New("it names no mail server")
	}
	if c.UseHTML {
		return nil, errors.New("usehtml is not supported, because the text is plain")
	}
	chosen := false
	for key := range u.Query() {
		chosen = chosen || strings.EqualFold(key, "requirestarttls")
	}
	if !chosen {
		c.RequireStartTLS = !local(c.Host)
	}
	to := slices.Sorted(slices.Values(c.ToAddresses))
	return &Target{
		Name: "mail to " + text.Clean(text.List(to, 3)) + " through " + text.Clean(c.Host),
		ID:   Digest(append([]string{smtp.Scheme, c.Username, u.Host}, to...)...), service: s, compose: composeMail,
	}, nil
}

func composeMail(title string, lines []string) (string, string) {
	return mime.QEncoding.Encode("utf-8", title), title + "\n\n" + strings.Join(lines, "\n") + "\n"
}

// local reports whether a server is on this machine.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
