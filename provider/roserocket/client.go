package roserocket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A client is a connection to one organization. Permissions are read once for
// planning; Read of an object that is known asks the product.
type client struct {
	crud.Objects
	rest     *rest.Client
	issuer   *rest.Client // of tokens
	settings *Settings
	journal  func(schema.Address) (schema.Object, bool) // may be nil

	literals    literals
	documents   documentCache
	readability readability
	writing     namedLocks // by role
}

// The optional abilities of a client.
var (
	_ provider.Resolver         = (*client)(nil)
	_ provider.Declarer         = (*client)(nil)
	_ provider.Checker          = (*client)(nil)
	_ provider.RequestEstimator = (*client)(nil)

	_ provider.PermissionLister = (*client)(nil)
)

// Identity names the organization of the client. The API does not tell the user or role of
// the key.
func (c *client) Identity() provider.Identity { return provider.Identity{Tenant: c.settings.OrgID} }

// Sent counts the requests that were sent.
func (c *client) Sent() int { return c.rest.Sent() + c.issuer.Sent() }

// List yields the user groups, without their members. Permissions have no list.
func (c *client) List(ctx context.Context, kind *schema.Kind) iter.Seq2[schema.Object, error] {
	return func(yield func(schema.Object, error) bool) {
		if kind != &groupKind {
			yield(schema.Object{}, fmt.Errorf("no list of %s exists in Rose Rocket", kind.Many()))
			return
		}
		c.listGroups(ctx, yield)
	}
}

// Read returns one object. A permission without an id is one that the files
// declare, for planning; any other is asked for.
func (c *client) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	switch o.Kind {
	case &permissionKind:
		return c.readPermission(ctx, o)
	case &groupKind:
		return c.readGroup(ctx, o)
	}
	panic("roserocket: no calls for kind " + o.Kind.Name)
}

// Find looks an object up by its key.
func (c *client) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	if want.Kind == &permissionKind {
		want.ID = want.Addr.Key
		return c.readPermission(ctx, want)
	}
	return c.findGroup(ctx, want)
}

// Apply makes one change and reads the object back.
func (c *client) Apply(ctx context.Context, r provider.Request) (schema.Object, error) {
	switch {
	case r.Addr.Kind == permissionKind.Name && r.Action == schema.Update:
		return c.writePermission(ctx, r)
	case r.Addr.Kind == groupKind.Name && r.Action == schema.Create:
		return c.createGroup(ctx, r)
	case r.Addr.Kind == groupKind.Name && r.Action == schema.Update:
		return c.updateGroup(ctx, r)
	}
	return schema.Object{}, &provider.Error{
		Op: r.Action.String() + " " + r.Addr.String(), Reason: "Rose Rocket's API has no call for it", Hint: "Do it by hand " + byHand + ".",
	}
}

// EstimateRequests counts the reads before and after as well.
func (c *client) EstimateRequests(r provider.Request) int {
	switch {
	case r.Have != nil && r.Have.LastWritten:
		return 1
	case r.Action == schema.Create:
		n := 1
		if r.Want.Has("members") {
			n++
			if len(r.Want.Body.(*Group).Members) > 0 {
				n++
			}
		}
		return n
	}
	return 3
}

// NamedLocks are locks by name.
type namedLocks struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

// lock locks a name and returns the function that unlocks it.
func (k *namedLocks) lock(name string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	l := k.locks[name]
	if l == nil {
		l = &sync.Mutex{}
		k.locks[name] = l
	}
	k.mu.Unlock()
	l.Lock()
	return l.Unlock
}

// connect signs in, and so finds out that the key belongs to the organization.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	s := o.Settings.Body.(*Settings)
	o.Secrets = cmp.Or(o.Secrets, &secret.Set{})
	o.Secrets.Add(o.Key)
	issuer := newIssuer(o, s)
	login := &rest.Login{Token: func(ctx context.Context) (string, error) { return newToken(ctx, issuer, o.Key, s) }}
	if err := login.SignIn(ctx); err != nil {
		return nil, err
	}
	config := rest.ConfigOf("Rose Rocket", o)
	config.Setting, config.Window, config.Reason, config.Hint = "endpoint", time.Minute, reason, errorHint
	config.PublicHeader, config.Login, config.MaxConcurrent = http.Header{"X-Org-Id": {s.OrgID}}, login, s.parallel()
	return &client{
		rest:     rest.New(config),
		issuer:   issuer,
		Objects:  crud.ObjectsOf(o),
		settings: s,
		journal:  o.LastWritten,
		literals: literals{said: s.Literals},
	}, nil
}

// errorHint advises on errors that are particular to Rose Rocket.
func errorHint(status int, method, path string) string {
	switch status {
	case http.StatusUnauthorized:
		return "A new token was not accepted either. Check org_id and the endpoint in the provider block: a token is for one organization."
	case http.StatusForbidden:
		if strings.HasPrefix(path, "/userGroups") {
			return "To see user groups the role of the service account needs userGroupResource as viewer, to change them as editor. " + adminHint
		}
		return adminHint
	case http.StatusConflict:
		return "Another group has this name, perhaps in other letters or one that this account does not see. Choose another name, or declare the group that exists."
	case http.StatusBadRequest:
		if method == http.MethodPost {
			return "Rose Rocket refused what was sent. Correct what it names, and plan again."
		}
	}
	return ""
}

const adminHint = "A service account is a Manager when it is made, and a Manager may not change permissions. " +
	"Make the service account an Admin " + byHand + "."

type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Audience     string `json:"audience"`
	OrgID        string `json:"org_id"`
	UserID       string `json:"user_id"`
}

// newIssuer returns the client of the server that gives tokens.
func newIssuer(o provider.Options, s *Settings) *rest.Client {
	c := rest.ConfigOf("Rose Rocket", o)
	c.Base, c.Reason, c.Hint = s.authEndpoint(o.Endpoint), reason, signInHint
	c.Setting = s.authSetting(c.Base)
	c.Budget, c.Requests = 0, nil // tokens do not count
	return rest.New(c)
}

// newToken gets a token for one organization and one service account; the issuer refuses
// a client that does not belong to them. How long a token lasts is documented in three
// ways, so expires_in is not read.
func newToken(ctx context.Context, issuer *rest.Client, secret string, s *Settings) (string, error) {
	var answer struct {
		Token string `json:"access_token"`
	}
	err := issuer.Do(ctx, rest.Call{
		Op: "sign in to Rose Rocket", Method: http.MethodPost, Path: tokenPath, Idempotent: true,
		Body: tokenRequest{"client_credentials", s.ClientID, secret, audience, s.OrgID, s.UserID},
		Validate: func() error {
			if answer.Token == "" || strings.ContainsFunc(answer.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
				return errors.New("the answer has no access_token")
			}
			return nil
		},
	}, &answer)
	if e := (*provider.Error)(nil); errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound) {
		e.Err = provider.ErrCredentials
	}
	return answer.Token, err
}

func signInHint(status int, _, _ string) string {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return "The token is asked for with client_id, org_id and user_id from the provider block and the client secret from " + KeyEnv + ". " +
			"user_id has to be a service account of that application. A secret that was rotated is void at once; both are in Rose Rocket " +
			"under Settings, API Settings, Applications."
	case http.StatusNotFound:
		return "Nothing gives tokens there. Check auth_endpoint in the provider block; without it, tokens come from " + issuer + "."
	}
	return ""
}
