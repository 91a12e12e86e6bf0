package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// Config says where a repository is and how to reach it.
type Config struct {
	// Base is the address of the API: https://api.github.com, https://gitlab.com/api/v4. Plain
	// http is only for this machine.
	Base string
	// Repository is "owner/name" on GitHub, and the id or the path of a project on GitLab.
	Repository string
	Token      string
	Variable   string // the environment variable with the token, for messages
	Address    string // the environment variable with Base, for messages

	Secrets   *secret.Set // the token is added
	UserAgent string
	Transport http.RoundTripper
	// Wait and Now are the clock; nil means that of the machine.
	Wait func(context.Context, time.Duration) error
	Now  func() time.Time
}

// check returns an error if the token may not be sent to the address.
func (c *Config) check() error {
	u, err := url.Parse(c.Base)
	if err == nil {
		_, err = rest.ServerOf(u)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be %q: %w", c.Address, rest.ShownURL(c.Base), err)
	}
	return nil
}

// client returns a client for an address on the host of Base. It follows no redirects, so the token is sent
// to that host only.
func (c *Config) client(name, base string, header http.Header, public http.Header) *rest.Client {
	return rest.New(rest.Config{
		Product: name, Base: base, Header: header, PublicHeader: public, Secrets: c.Secrets,
		Transport: rateLimits{c.Transport, c.Now}, UserAgent: c.UserAgent, Wait: c.Wait, Now: c.Now,
		// Both forges ask to wait at least a minute if they do not say how long.
		Window: time.Minute, Status: limitedStatus, Reason: reason,
	})
}

// A rateLimits transport turns the answers with which GitHub asks to wait into 429 with Retry-After: it
// also sends 403, and the end of the pause as X-RateLimit-Reset.
type rateLimits struct {
	next http.RoundTripper
	now  func() time.Time
}

func (t rateLimits) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusTooManyRequests {
		return res, err
	}
	if res.Header.Get("Retry-After") == "" && res.Header.Get("X-RateLimit-Remaining") == "0" {
		var reset int64
		if _, err := fmt.Sscan(res.Header.Get("X-RateLimit-Reset"), &reset); err == nil {
			pause := time.Unix(reset, 0).Sub(t.now()) + time.Second
			res.Header.Set("Retry-After", fmt.Sprint(max(1, int(pause.Seconds()))))
		}
	}
	if res.Header.Get("Retry-After") != "" {
		res.StatusCode = http.StatusTooManyRequests
	}
	return res, nil
}

// limitedStatus returns 429 for a 403 that says that a rate limit was exceeded.
func limitedStatus(status int, body []byte) int {
	if status == http.StatusForbidden && strings.Contains(strings.ToLower(reason(status, body)), "rate limit") {
		return http.StatusTooManyRequests
	}
	return status
}

// reason returns the message of an error: "message" of GitHub, with what is wrong with which field, and
// "message" or "error" of GitLab.
func reason(_ int, body []byte) string {
	var e struct {
		Message any
		Error   any
		Errors  []struct{ Message, Field, Code string }
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	text := ""
	switch {
	case e.Message != nil:
		text = plainText(e.Message)
	case e.Error != nil:
		text = plainText(e.Error)
	}
	for _, x := range e.Errors {
		if more := strings.TrimSpace(x.Field + " " + x.Code + " " + x.Message); more != "" {
			text += ": " + more
		}
	}
	return text
}

// plainText writes a message of GitLab, which is a text, or a list of texts for each field.
func plainText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// A connection is a client with the advice of a forge.
type connection struct {
	*rest.Client
	hint func(*provider.Error) string
}

// do sends a call. The advice in an error is that of the forge.
func (c connection) do(ctx context.Context, call rest.Call, out any) error {
	err := c.Do(ctx, call, out)
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Status != http.StatusTooManyRequests && ctx.Err() == nil {
		if hint := c.hint(e); hint != "" {
			e.Hint = hint
		}
	}
	return err
}

// pages reads a list to its end. next returns the query of the page after an answer, or nil.
func pages[T any](ctx context.Context, c connection, op, path string, query url.Values, next func(http.Header) (url.Values, error), id func(*T) int64) ([]T, error) {
	list := rest.List[T]{Op: op, ID: func(item *T) string { return fmt.Sprint(id(item)) }, Fetch: func(ctx context.Context, at rest.At) (rest.Page[T], error) {
		p, header, q := rest.Page[T]{Total: -1}, http.Header{}, query
		if at.Token != "" {
			var err error
			if q, err = url.ParseQuery(at.Token); err != nil {
				return p, err
			}
		}
		err := c.do(ctx, rest.Call{Op: op, Path: path, Query: q, Header: &header, Validate: func() error {
			for i := range p.Items {
				if id(&p.Items[i]) <= 0 {
					return errors.New("an item of the list has no number")
				}
			}
			return rest.RequireList("", p.Items)
		}}, &p.Items)
		if err != nil {
			return p, err
		}
		q, err = next(header)
		p.Next = q.Encode()
		return p, err
	}}
	var out []T
	for item, err := range list.All(ctx) {
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, nil
}

// refused reports whether the token may not see what was asked for.
func refused(err error) bool {
	return errors.Is(err, provider.ErrCredentials) || provider.Status(err) == http.StatusNotFound
}
