// Package notify sends short texts to chats, mailboxes and webhooks. Where to is a URL as the library
// shoutrrr reads it, or the address that Slack, Teams or a webhook shows. The URL contains a secret.
package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/teams"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/specialized/generic"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A Target is a channel, a mailbox or a webhook.
type Target struct {
	Name string // for messages, such as "Slack"; without a secret
	// ID is the same for every URL of the same target. No password, key or query is part of it.
	ID string

	service types.Service
	// compose writes a title and lines as the service shows them.
	compose func(title string, lines []string) (subject, message string)
}

// Schemes are the sorts of URLs that Parse reads, for messages.
const Schemes = "slack://, teams://, smtp://, generic:// and https://"

// Parse reads the URL of a target. It adds what is secret in the URL to secrets, and the error does not
// contain it. It sends nothing.
func Parse(address string, secrets *secret.Set) (*Target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		secrets.Add(strings.FieldsFunc(address, func(r rune) bool { return strings.ContainsRune(":/@?&=%", r) })...)
		return nil, errors.New("it is not a URL; write special characters of a password as %40, %2F and so on")
	}
	addSecrets(u, secrets)
	if u.Scheme == "https" || u.Scheme == "http" {
		u = pasted(u)
	}
	var t *Target
	switch scheme, _, _ := strings.Cut(u.Scheme, "+"); scheme {
	case slack.Scheme:
		t, err = newSlack(u)
	case teams.Scheme:
		t, err = newTeams(u)
	case smtp.Scheme:
		t, err = newMail(u)
	case generic.Scheme, "https", "http":
		t, err = newWebhook(u)
	default:
		return nil, fmt.Errorf("%s:// is not supported; what is are %s", text.Clean(u.Scheme), Schemes)
	}
	if err != nil {
		return nil, errors.New(secrets.Redact(text.Error(err)))
	}
	return t, nil
}

// pasted returns the URL of the service that shows such an address for its webhooks.
func pasted(u *url.URL) *url.URL {
	const slackPath = "/services/"
	path, isSlack := strings.CutPrefix(u.Path, slackPath)
	switch {
	case isSlack && u.Scheme == "https" && u.Host == "hooks.slack.com":
		return &url.URL{Scheme: slack.Scheme, User: url.UserPassword(slack.HookTokenIdentifier, strings.ReplaceAll(path, "/", "-")), Host: "webhook"}
	case teams.ValidateWebhookURL(u.String()) == nil:
		return &url.URL{Scheme: teams.Scheme, RawQuery: url.Values{"host": {u.String()}}.Encode()}
	}
	return u
}

// newSlack returns an incoming webhook, or a channel to which a bot writes.
func newSlack(u *url.URL) (*Target, error) {
	s := &slack.Service{}
	if err := s.Initialize(u, nil); err != nil {
		return nil, err
	}
	token := s.Config.Token.String() // the part after the last hyphen is secret
	return &Target{"Slack", Digest(slack.Scheme, token[:strings.LastIndexByte(token, '-')], s.Config.Channel), s, composeSlack}, nil
}

func composeSlack(title string, lines []string) (string, string) {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	return escape.Replace(title), escape.Replace(strings.Join(lines, "\n"))
}

// newTeams returns a workflow of Teams that posts what its webhook receives.
func newTeams(u *url.URL) (*Target, error) {
	s := &teams.Service{}
	if err := s.Initialize(u, nil); err != nil {
		return nil, err
	}
	if err := teams.ValidateWebhookURL(s.Config.Host); err != nil {
		return nil, err
	}
	workflow, err := url.Parse(s.Config.Host)
	if err != nil {
		return nil, teams.ErrInvalidWebhookURL
	}
	return &Target{"Teams", Digest(teams.Scheme, workflow.Host, workflow.Path), s, composeTeams}, nil
}

func composeTeams(title string, lines []string) (string, string) {
	escape := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`) // names make no links
	return escape.Replace(title), escape.Replace(strings.Join(lines, "\n"))
}

// newWebhook returns a webhook that gets the text as JSON, or as plain text with generic://.
func newWebhook(u *url.URL) (*Target, error) {
	s, bare := &generic.Service{}, u.Scheme != generic.Scheme
	if bare {
		var err error
		if u, err = s.GetServiceURLFromCustom(u); err != nil {
			return nil, err
		}
	}
	if err := s.Initialize(u, nil); err != nil {
		return nil, err
	}
	if bare && s.Config.Template == "" {
		s.Config.Template = generic.JSONTemplate
	}
	if !slices.Contains([]string{"", "json", generic.JSONTemplate}, s.Config.Template) {
		return nil, fmt.Errorf("template can only be %s", generic.JSONTemplate)
	}
	to := s.Config.WebhookURL()
	to.User = nil
	server, err := rest.ServerOf(to)
	if err != nil {
		return nil, err
	}
	return &Target{"webhook at " + server.Name, Digest(generic.Scheme, to.Host, to.Path), s, func(title string, lines []string) (string, string) {
		if s.Config.Template == "" {
			lines = append([]string{title}, lines...)
		}
		return title, strings.Join(lines, "\n")
	}}, nil
}

// Digest returns a short hash of texts.
func Digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%q", p)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
