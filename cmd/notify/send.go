package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// timeout limits sending to one target.
const timeout = 20 * time.Second

// maxAnswer is the number of bytes that are read of an answer.
const maxAnswer = 64 << 10

// Send sends a text and returns nil if the service accepted it. Title and lines are plain text: they
// are escaped as the service needs it. Mail is not sent through the transport. Errors may contain what
// the service answered.
func (t *Target) Send(ctx context.Context, transport http.RoundTripper, title string, lines []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %s", timeout))
	defer cancel()
	if s, ok := t.service.(types.HTTPClientSetter); ok {
		s.SetHTTPClient(client{ctx, transport})
	}
	subject, message := t.compose(title, lines)
	sent := make(chan error, 1)
	go func() { sent <- t.service.Send(message, &types.Params{types.TitleKey: subject}) }() // takes no context
	select {
	case err := <-sent:
		if err != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A client sends the requests of one text. It follows no redirect, because the server that a webhook
// names is the only one that gets the text.
type client struct {
	ctx       context.Context
	transport http.RoundTripper
}

// Do implements types.HTTPClient.
func (c client) Do(r *http.Request) (*http.Response, error) {
	h := http.Client{Transport: c.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := h.Do(r.WithContext(c.ctx))
	if u, ok := errors.AsType[*url.Error](err); ok {
		return nil, u.Err // without the URL
	}
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		res.Body.Close()
		return nil, fmt.Errorf("the server redirects to another address (%s), and rolecall does not follow it", res.Status)
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxAnswer), res.Body}
	return res, nil
}
