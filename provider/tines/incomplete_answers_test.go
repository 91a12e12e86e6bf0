package tines

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A mapping that is answered 404 does not exist only if no identity provider decides about users.
// Otherwise the key lacks the right, and an empty mapping must not be planned.
func TestMappingThatIsNotFound(t *testing.T) {
	for provisioning, exists := range map[string]bool{"api": false, "scim": true, "enhanced_jit": true} {
		c, err := script{}.connect(Settings{Provisioning: provisioning})
		if err != nil {
			t.Fatal(err)
		}
		var failed error
		for _, err := range c.List(context.Background(), &mappingKind) {
			failed = err
		}
		if errors.Is(failed, provider.ErrCredentials) != exists {
			t.Errorf("%s: %v", provisioning, failed)
		}
	}
}

// A member without a role is not one without rights.
func TestMemberWithoutRole(t *testing.T) {
	c, err := script{"GET /admin/users": {usersOK}, "GET /teams": {teamsOK}, "GET /teams/21/members": {strings.Replace(membersOK, `"ANALYST"`, `null`, 1)}}.connect(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range c.List(context.Background(), &membershipKind) {
		if err == nil || !strings.Contains(err.Error(), "does not show the role") {
			t.Errorf("got %v", err)
		}
	}
}

// Without the case groups of a team it is not known whether their members have a role that a
// plan deletes.
func TestRoleIsNotDeletedWithoutCaseGroups(t *testing.T) {
	c, err := script{"GET /teams": {teamsOK}, "GET /teams/21": {`200 {"id":21,"name":"SOC"}`}}.connect(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	role := schema.Object{Kind: &roleKind, ID: "7", Addr: schema.Address{Kind: "role", Key: "ANALYST"}, Body: &Role{Name: "ANALYST", Type: typeCustom}}
	_, err = c.Check(context.Background(), provider.View{Changes: []provider.Request{{Action: schema.Delete, Addr: role.Addr, Have: &role}}})
	if err == nil || !strings.Contains(err.Error(), "list case groups of team SOC") {
		t.Errorf("got %v", err)
	}
}
