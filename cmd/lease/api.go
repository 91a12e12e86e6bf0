package lease

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Client speaks to the API server of a cluster.
type Client struct {
	Server    string // https://host:port
	Namespace string
	Holder    string // what this process is called in leases; no two have the same
	Token     func() (string, error)
	Transport http.RoundTripper
	Now       func() time.Time
	// Wait pauses; the error is that of the context.
	Wait func(context.Context, time.Duration) error
}

// requestTimeout is how long one request may take.
const requestTimeout = 10 * time.Second

// The answers that leases are about.
var (
	errNotFound = errors.New("there is no such lease")
	errConflict = errors.New("the lease was changed by another process")
)

// A record is a lease as the server has it. Metadata of others is kept.
type record struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       spec           `json:"spec"`
}

type spec struct {
	Holder      string `json:"holderIdentity"`
	Seconds     int    `json:"leaseDurationSeconds,omitempty"`
	Acquired    string `json:"acquireTime,omitempty"`
	Renewed     string `json:"renewTime,omitempty"`
	Transitions int    `json:"leaseTransitions,omitempty"`
}

func newRecord(namespace, name, title string) record {
	return record{
		APIVersion: "coordination.k8s.io/v1", Kind: "Lease",
		Metadata: map[string]any{"name": name, "namespace": namespace, "annotations": map[string]any{"rolecall.dev/tenant": title}},
	}
}

func (r record) version() string { s, _ := r.Metadata["resourceVersion"].(string); return s }
func (r record) name() string    { s, _ := r.Metadata["name"].(string); return s }

// duration is how long another process holds the lease after a renewal; that of a lease that rolecall did not write
// may be any.
func (r record) duration() time.Duration {
	return max(Duration, min(time.Duration(r.Spec.Seconds)*time.Second, time.Hour))
}

// microTime is the form of times with microseconds.
func microTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }

func (c *Client) get(ctx context.Context, name string) (record, error) {
	return c.again(ctx, http.MethodGet, "/"+name, nil)
}

func (c *Client) create(ctx context.Context, r record) (record, error) {
	return c.do(ctx, http.MethodPost, "", &r)
}

func (c *Client) update(ctx context.Context, name string, r record) (record, error) {
	return c.do(ctx, http.MethodPut, "/"+name, &r)
}

// tries is how often a read is sent.
const tries = 3

// again sends a request that changes nothing, and repeats it if the server does not answer.
func (c *Client) again(ctx context.Context, method, path string, body *record) (record, error) {
	for try := 1; ; try++ {
		r, err := c.do(ctx, method, path, body)
		if !errors.Is(err, errServer) || try == tries {
			return r, err
		}
		if err := c.Wait(ctx, retryAfter); err != nil {
			return r, err
		}
	}
}

// errServer says that the server did not answer, or has an error.
var errServer = errors.New("the API server of Kubernetes does not answer")

// do sends one request. After errServer, a write may have taken effect.
func (c *Client) do(ctx context.Context, method, path string, body *record) (record, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	token, err := c.Token()
	if err != nil {
		return record{}, err
	}
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return record{}, err
		}
		content = bytes.NewReader(b)
	}
	address := c.Server + "/apis/coordination.k8s.io/v1/namespaces/" + url.PathEscape(c.Namespace) + "/leases" + path
	r, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return record{}, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Transport.RoundTrip(r) // no redirect is followed: the token is for this server
	if err != nil {
		return record{}, fmt.Errorf("%w: %w", errServer, err)
	}
	defer resp.Body.Close()
	const most = 1 << 20
	answer, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return record{}, fmt.Errorf("%w: %w", errServer, err)
	}
	return c.decode(method, path, resp.StatusCode, answer)
}

// decode reads an answer.
func (c *Client) decode(method, path string, status int, answer []byte) (record, error) {
	var failure struct{ Message string }
	switch {
	case status == http.StatusNotFound && (method != http.MethodPost):
		return record{}, errNotFound
	case status == http.StatusConflict:
		return record{}, errConflict
	case status >= 500 || status == http.StatusTooManyRequests:
		return record{}, fmt.Errorf("%w: it answers with status %d", errServer, status)
	case status != http.StatusOK && status != http.StatusCreated:
		_ = json.Unmarshal(answer, &failure) // without a message, the status says enough
		return record{}, &RefusedError{Status: status, Message: text.Clean(failure.Message), Namespace: c.Namespace}
	}
	var out record
	if err := json.Unmarshal(answer, &out); err != nil || out.version() == "" || out.name() == "" {
		return record{}, fmt.Errorf("%w: its answer to %s %s is no lease", errServer, method, path)
	}
	return out, nil
}

// A RefusedError is an answer of the server that refuses the request, as without the rights in RBAC.
type RefusedError struct {
	Status    int
	Message   string
	Namespace string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("Kubernetes refuses the lease in the namespace %s with status %d: %s", e.Namespace, e.Status, e.Message)
}
