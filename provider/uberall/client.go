package uberall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// A client is a connection to one sales partner. What it keeps from listing serves
// planning only: Read always asks the product.
type client struct {
	crud.Objects
	rest     *rest.Client // with the private key
	signedIn *rest.Client // with an access token, which calls for location groups need
	issuer   *rest.Client // of access tokens; it sends the credential in the body
	login    *rest.Login
	settings *Settings
	email    string // to sign in as; "" is the user of the key
	identity provider.Identity
	forceSSO bool
	seats    *int // users that may still be created; nil where uberall does not tell

	allUsers      rest.Cache[[]wireUser]
	allBusinesses rest.Cache[[]wireBusiness]
	allLocations  rest.Cache[[]wireLocation]

	own            wireID            // user of the key; 0 where uberall does not tell
	groupsDeclared bool              // a file declares a location group
	declared       map[string]string // identifier -> address, of the users in files
	people         map[string]bool   // addresses of the users in files
}

// A connection is the provider.Client.
type connection struct {
	*client
	*crud.Client
}

// The optional abilities of a client.
var (
	_ provider.Preparer          = connection{}
	_ provider.Resolver          = connection{}
	_ provider.Labeler           = connection{}
	_ provider.Checker           = connection{}
	_ provider.PermissionLister  = connection{}
	_ provider.RequestEstimator  = connection{}
	_ provider.DurationEstimator = connection{}
	_ provider.Forgetter         = connection{}
)

// creations is the one rate class whose limit is documented: 10 new users in 10 seconds.
const creations = "creations"

// atOnce is how many requests are under way at a time: uberall publishes no number.
const atOnce = 4

// resource returns what makes the calls for a kind.
func (c *client) resource(kind string) crud.Resource {
	switch kind {
	case accountKind.Name:
		return accounts{c}
	case userKind.Name:
		return users{c}
	case groupKind.Name:
		return groups{c}
	}
	panic("uberall: no calls for kind " + kind)
}

// Identity says which sales partner the client is connected to, and as whom.
func (c *client) Identity() provider.Identity { return c.identity }

// Sent counts the requests that were sent.
func (c *client) Sent() int {
	n := c.rest.Sent() + c.issuer.Sent()
	if c.signedIn != c.rest {
		n += c.signedIn.Sent()
	}
	return n
}

// Forget lets the next listing ask uberall again.
func (c *client) Forget() {
	c.allUsers.Clear()
	c.allBusinesses.Clear()
	c.allLocations.Clear()
}

// connect reads the sales partner, and so finds out that the key belongs to it.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	s := o.Settings.Body.(*Settings)
	o.Secrets = cmp.Or(o.Secrets, &secret.Set{})
	o.Secrets.Add(o.Key)
	o.Secrets.Add(o.Password)
	email := schema.FoldName(cmp.Or(o.User, s.Email))
	c := &client{Objects: crud.ObjectsOf(o), settings: s, email: email}
	c.login = &rest.Login{
		Token: func(ctx context.Context) (string, error) { return c.newToken(ctx, email, o) },
		Put:   func(r *http.Request, token string) { r.Header.Set("accessToken", token) },
	}
	c.rest, c.issuer = newREST(o, http.Header{"privateKey": {o.Key}}, nil), newREST(o, nil, nil)
	c.identity.Tenant = strconv.FormatInt(s.SalesPartnerID, 10)
	if email != "" {
		c.identity.Self = schema.Address{Provider: c.Tenant, Kind: userKind.Name, Key: email}
	}
	if err := c.readSalesPartner(ctx); err != nil {
		return nil, err
	}
	if err := c.readOwnUser(ctx); err != nil {
		return nil, err
	}
	c.signedIn = newREST(o, nil, c.login)
	if email == "" && c.own == 0 { // no user to sign in as; uberall may accept the key
		c.signedIn = c.rest
	}
	calls := &crud.Client{Objects: c.Objects, Resource: c.resource, Hint: removalHint}
	if s.Endpoint != embedded {
		calls.Budgets = map[string]int{creations: 60} // a minute
	}
	return connection{c, calls}, nil
}

func newREST(o provider.Options, header http.Header, login *rest.Login) *rest.Client {
	c := rest.ConfigOf("uberall", o)
	c.Header, c.Login, c.MaxConcurrent, c.Window = header, login, atOnce, time.Minute
	c.Status, c.Reason, c.Warnings, c.Hint = statusOf, reason, warnings, hint
	limit := 10
	switch o.Settings.Body.(*Settings).Endpoint {
	case "":
	case embedded:
		limit = 0 // the emulator inside rolecall has no limit
		fallthrough
	default:
		c.Setting = "endpoint"
	}
	c.RateClasses = []rest.RateClass{{
		Name: creations, Budget: limit, Per: 10 * time.Second,
		Match: func(method, path string) bool { return method == http.MethodPost && path == usersPath },
	}}
	return rest.New(c)
}

// newToken signs in with the password where there is one, and otherwise with the key; without
// an address as the user of the key.
func (c *client) newToken(ctx context.Context, email string, o provider.Options) (string, error) {
	body := map[string]any{"email": email, "private_key": o.Key}
	switch {
	case email == "":
		body = map[string]any{"userId": c.own, "private_key": o.Key}
	case o.Password != "":
		body = map[string]any{"email": email, "password": o.Password}
	}
	var answer struct {
		Response struct {
			Token string `json:"access_token"`
		}
	}
	err := c.issuer.Do(ctx, rest.Call{Op: "sign in to uberall", Method: http.MethodPost, Path: loginPath, Body: body, Idempotent: true, Validate: func() error {
		if answer.Response.Token == "" {
			return errors.New("the answer has no access token")
		}
		return nil
	}}, &answer)
	return answer.Response.Token, err
}

// readSalesPartner reads what the organization allows. The answer does not name it, so the
// number in the path is what tells that the key belongs to it.
func (c *client) readSalesPartner(ctx context.Context) error {
	var answer struct {
		Response struct {
			SalesPartner struct {
				ForceSSO  *bool `json:"forceSso"`
				UsersLeft *int  `json:"usersLeft"`
			}
		}
	}
	call := rest.Call{Op: "connect to uberall", Path: "/sales-partners/" + c.identity.Tenant, Validate: func() error {
		if answer.Response.SalesPartner.ForceSSO == nil {
			return errors.New("the answer does not say whether the sales partner forces single sign-on (forceSso)")
		}
		return nil
	}}
	err := c.rest.Do(ctx, call, &answer)
	if code := provider.Status(err); code == http.StatusNotFound || code == http.StatusForbidden {
		return &provider.Error{
			Op: "connect to uberall", Err: provider.ErrTenant, Reason: fmt.Sprintf("the key does not see sales partner %s (%s)", c.identity.Tenant, strings.TrimPrefix(err.Error(), call.Op+": ")),
			Hint: "Check sales_partner_id in the provider block, and whose key " + KeyEnv + " holds.",
		}
	}
	if err != nil {
		return err
	}
	partner := answer.Response.SalesPartner
	c.forceSSO, c.seats = *partner.ForceSSO, partner.UsersLeft
	if c.forceSSO {
		c.note("uberall/force-sso", "Users are compared and not changed", "The sales partner forces single sign-on (forceSso): users are created and changed by the "+
			"identity provider alone. rolecall shows where they differ from the files, and changes location groups.")
	}
	return nil
}

// note adds and returns a warning that people should know before they read a plan.
func (c *client) note(code, summary, detail string) *schema.Finding {
	c.identity.Notes = append(c.identity.Notes, schema.Finding{
		Severity: schema.Warning, Code: code, Addr: schema.Address{Provider: c.Tenant}, Summary: summary, Detail: detail,
	})
	return &c.identity.Notes[len(c.identity.Notes)-1]
}

// removalHint advises what to do where an object still exists after its removal.
func removalHint(a schema.Action) string {
	if a == schema.Deactivate {
		return "Set the user to inactive in the app, or set on_removal = \"delete\" in the manage block."
	}
	return "Some organizations do not let the API delete users; leave on_removal out, so that they become INACTIVE. Otherwise look at it in the app, then plan again."
}

const groupsHint = "To sign in, set " + UserEnv + " to the address of an admin with the feature LOCATION_GROUP, or write email in the provider block. " +
	"Without a password in " + PasswordEnv + ", the private key is used."

// hint advises where uberall's own way of doing things matters.
func hint(status int, method, path string) string {
	user := path == usersPath || strings.HasPrefix(path, usersPath+"/")
	switch {
	case path == loginPath && status >= 400 && status < 500:
		return fmt.Sprintf("Check the address in %s, or in email of the provider block, and the password in %s or the key in %s.", UserEnv, PasswordEnv, KeyEnv)
	case strings.HasPrefix(path, groupsPath) && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return groupsHint
	case status == http.StatusUnauthorized:
		return "Put a valid private key into the environment variable " + KeyEnv + ". Keys are in Settings, API keys, and differ between production and sandbox."
	case status == http.StatusForbidden && method == http.MethodDelete && user:
		return removalHint(schema.Delete)
	case status == http.StatusForbidden && user:
		return "uberall lets a key manage only the users, accounts and features that it has itself. Use the key of an admin."
	case status == http.StatusBadRequest && method == http.MethodPost && path == usersPath:
		return "The address or the identifier can belong to a user whom this key does not see, or to a deleted one. Correct what uberall names, and plan again."
	}
	return ""
}
