package tines

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An answer about another object than the one that was asked for is an error: a write by its
// id would change the wrong object.
func TestAnswersAboutOtherObjects(t *testing.T) {
	const (
		role  = `200 {"id":"8","name":"OTHER","type":"custom","permissions":[]}`
		team  = `200 {"id":22,"name":"IT"}`
		other = `200 {"id":4,"email":"ben@zoo.example","admin":false,"is_active":true}`
	)
	for _, test := range []struct {
		name  string
		calls script
		do    func(connection) error
		want  string
	}{
		{"role", script{"GET /admin/roles/7": {role}}, reads(schema.Object{Kind: &roleKind, ID: "7"}), "the answer is the role 8, and 7 was asked for"},
		{"team", script{"GET /teams/21": {team}}, reads(schema.Object{Kind: &teamKind, ID: "21"}), "the answer is the team 22, and 21 was asked for"},
		{"user", script{"GET /admin/users/3": {other}}, reads(schema.Object{Kind: &userKind, ID: "3"}), "the answer is the user 4, and 3 was asked for"},
		{"user by address", script{
			"GET /admin/users": {usersOK}, "GET /admin/users/ana@zoo.example": {strings.Replace(other, `4`, `3`, 1)}, "GET /admin/users/eva@zoo.example": {other},
		}, func(c connection) error {
			_, err := c.Find(context.Background(), schema.Object{Kind: &userKind, Addr: schema.Address{Kind: "user", Key: "eva@zoo.example"}})
			return err
		}, "the answer is the user ben@zoo.example, and eva@zoo.example was asked for"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := test.calls.connect(Settings{})
			if err != nil {
				t.Fatal(err)
			}
			if err := test.do(c); err == nil || errors.Is(err, provider.ErrNotFound) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func reads(o schema.Object) func(connection) error {
	return func(c connection) error {
		_, err := c.Read(context.Background(), o)
		return err
	}
}

// A 404 says that an object is gone only if the list can still be read. JSON that is no page
// of a list does not show that.
func TestMissingWithoutList(t *testing.T) {
	for _, list := range []string{`200 {}`, `200 null`, `200 []`, `200 {"teams":[]}`} {
		c, err := script{"GET /teams": {list}}.connect(Settings{})
		if err != nil {
			t.Fatal(err)
		}
		if err := reads(schema.Object{Kind: &teamKind, ID: "21"})(c); err == nil || errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%s: %v", list, err)
		}
	}
}
