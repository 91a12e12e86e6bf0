package roserocket

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// connect signs in. The token is for one organization and one service account, so
// the issuer refuses a client that does not belong to them.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	s := o.Settings.Body.(*Settings)
	tokens := newSigner(o, s)
	if err := tokens.signIn(ctx); err != nil {
		return nil, err
	}
	c := &client{
		rest: rest.New(rest.Config{
			Product: "Rose Rocket", Base: o.Endpoint, Setting: "endpoint", PublicHeader: http.Header{"X-Org-Id": {s.OrgID}}, Secrets: tokens.secrets, Transport: o.Transport, Budget: o.Budget, Requests: o.Requests,
			Window: time.Minute, Timeout: o.Timeout, UserAgent: o.UserAgent, Observe: o.Observe, Wait: o.Wait, Now: o.Now, Reason: reason, Hint: hint,
			Authorize: tokens.authorize, Renew: tokens.renew,
		}),
		tokens:   tokens,
		Objects:  crud.ObjectsOf(o),
		settings: s,
		recall:   o.Recall,
		slots:    make(chan struct{}, s.parallel()),
		literals: literals{said: s.Literals},
	}
	return c, nil
}

// hint advises where Rose Rocket's own way of doing things matters.
func hint(status int, method, path string) string {
	switch status {
	case http.StatusUnauthorized:
		return "A new token was got and not accepted either. Check org_id and the endpoint in the provider block: a token is for one organization."
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
