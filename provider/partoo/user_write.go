package partoo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Create makes a user with role, custom role and scope in one request, so that the user never
// has more or fewer rights than intended. The role is always sent, because a user without one
// becomes an ORG_ADMIN.
//
// A user cannot be created disabled. Such a user is created as a business manager without a
// business, and gets the role with the request that disables the user.
func (u users) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := *r.Want
	w := want.Body.(*User)
	rights, err := u.rights(ctx, w)
	if err != nil {
		return schema.Object{}, err
	}
	body := maps.Clone(rights)
	if w.Disabled {
		body = map[string]any{"role": roleBusinessManager, "business_ids": []string{}}
		rights["disabled"] = true
	}
	body["email"], body["first_name"], body["last_name"] = w.Email, w.FirstName, w.LastName
	body["send_invitation"] = w.Invite == inviteEmail && !w.SSOOnly
	if w.Invite != inviteEmail {
		body["status"] = statusOf(w)
	}
	if w.Lang != "" {
		body["lang"] = w.Lang
	}
	if w.SSOOnly {
		body["sso_only"] = true
	}
	if u.anyOrg {
		body["org_id"] = u.org
	}
	var answer struct {
		ID string `json:"id"`
	}
	call := rest.Call{
		Op: "create user", Method: http.MethodPost, Path: "/user", Query: u.query(), Body: body,
		Validate: func() error { return hasID(answer.ID) },
	}
	if err := u.refusedRole(rights, u.rest.Do(ctx, call, &answer)); err != nil {
		return schema.Object{}, err
	}
	id := answer.ID
	if w.Disabled {
		if err := u.client.update(ctx, nil, "disable user", "/user/"+id, rights); err != nil {
			return schema.Object{}, fmt.Errorf("the user was created without any access and could not be disabled: %w", err)
		}
	}
	got, err := crud.ReadBack(ctx, u, r, id)
	if err != nil {
		return got, err
	}
	return u.Settle(ctx, got, want)
}

// rights returns the fields for what a user may do, and where.
func (u users) rights(ctx context.Context, w *User) (map[string]any, error) {
	body := map[string]any{"role": w.Role}
	if w.CustomRole != "" {
		body["custom_role"] = w.CustomRole
	}
	return body, u.scope(ctx, body, w)
}

// scope adds the accesses or businesses that the user's role needs: the whole list, even if it
// is empty.
func (u users) scope(ctx context.Context, body map[string]any, w *User) error {
	switch roleOf(w.Role).reach {
	case byAccesses:
		ids, err := u.groupIDs(ctx, w.Accesses)
		if err != nil {
			return err
		}
		body["accesses"] = ids
	case byBusinesses:
		body["business_ids"] = rest.Array(w.Businesses)
	case everywhere, bySubscription:
	default:
		return fmt.Errorf("rolecall does not know which scope a user with the role %q has, so nothing was written", w.Role)
	}
	return nil
}

// Update sends only the attributes that change, and keeps the others. Role and scope are sent
// together, and if the role changes, the scope of the old role is emptied.
func (u users) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	body, err := u.patch(ctx, r)
	if err == nil && len(body) > 0 {
		err = u.refusedRole(body, u.client.update(ctx, nil, "update user", "/user/"+r.Have.ID, body))
	}
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, u, r, r.Have.ID)
}

// refusedRole adds advice to the refusal of a custom role before the switch to custom roles. Whether
// Partoo accepts one then is not documented.
func (u users) refusedRole(body map[string]any, err error) error {
	var e *provider.Error
	if _, gives := body["custom_role"]; !gives || u.switched.Load() || !errors.As(err, &e) || e.Status != http.StatusBadRequest && e.Status != http.StatusForbidden {
		return err
	}
	e.Hint = "The organization has not switched to custom roles, so Partoo may refuse them. If that is why, set assign_roles = \"" + assignAfter +
		"\" in the provider block and plan again: users then get their roles after the switch, and the plan says who has more until then."
	return err
}

func (u users) patch(ctx context.Context, r provider.Request) (map[string]any, error) {
	w := r.Want.Body.(*User)
	changes := func(name string) bool { return r.Changed.Has(userKind.Index(name)) }
	body := map[string]any{}
	for name, value := range map[string]any{
		"email": w.Email, "first_name": w.FirstName, "last_name": w.LastName,
		"lang": w.Lang, "disabled": w.Disabled, "sso_only": w.SSOOnly,
	} {
		if changes(name) || name == "email" && r.Action == schema.Rename {
			body[name] = value
		}
	}
	if changes("custom_role") || changes("role") {
		if err := u.patchRole(ctx, body, w, changes("custom_role")); err != nil {
			return nil, err
		}
	}
	if changes("role") {
		body["accesses"], body["business_ids"] = [][]int64{}, []string{}
	}
	if changes("role") || changes("accesses") || changes("businesses") {
		body["role"] = w.Role
		if err := u.scope(ctx, body, w); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// patchRole adds the custom role. How to remove one is not documented, so a user without one
// gets the built-in role; removed says that the user had a custom role.
func (u users) patchRole(ctx context.Context, body map[string]any, w *User, removed bool) error {
	custom := w.CustomRole
	if custom == "" && roleOf(w.Role).builtin != noBuiltin {
		var err error
		if custom, err = u.builtin(ctx, w.Role); err != nil {
			return err
		}
		if custom == "" && removed {
			return &provider.Error{
				Op: "update user", Reason: fmt.Sprintf("the built-in role of a %s was not found, so the custom role cannot be removed", w.Role),
				Hint: "Write the role that the user should have in custom_role.",
			}
		}
	}
	if custom != "" && roleOf(w.Role).customizable() {
		body["custom_role"] = custom
	}
	return nil
}

// Settle implements crud.Settler: a user who is wanted without a custom role has the built-in
// one.
func (u users) Settle(ctx context.Context, got, want schema.Object) (schema.Object, error) {
	live := got.Body.(*User)
	if !empty(&want, "custom_role") || live.CustomRole == "" || roleOf(live.Role).builtin == noBuiltin {
		return got, nil
	}
	builtin, err := u.builtin(ctx, live.Role)
	if err == nil && live.CustomRole == builtin {
		live.CustomRole = ""
	}
	return got, err
}

// Estimate implements crud.Estimator. Creating a disabled user takes one more request.
func (u users) Estimate(r provider.Request) crud.Requests {
	if r.Action == schema.Create && !r.Want.Body.(*User).Disabled {
		return crud.Requests{"": 2}
	}
	return crud.Requests{"": 3}
}
