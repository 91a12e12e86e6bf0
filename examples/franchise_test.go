package examples_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	uberall "github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// TestFranchise holds examples/franchise against what uberall's page about user permissions
// says of roles and features: what users can do afterwards, and what they cannot.
func TestFranchise(t *testing.T) {
	dir := copied(t, "franchise")
	must(t, 0, "apply", "--auto-approve", dir)
	s, err := uberall.New(uberall.Options{State: filepath.Join(dir, ".rolecall", "uberall.json")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	all, err := s.Reach()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		user   string
		can    []string
		cannot []string // parts of words
	}{{ // a location manager edits some fields of one store and answers its reviews
		"ben.adler@franchise.example",
		[]string{"LOCATION_WRITE phone at 1002", "INBOX_WRITE at 1002", "LOCATION_READ at 1002"},
		[]string{" at 1001", "LOCATION_WRITE name", "LOCATION_WRITE descriptionShort", "INBOX_APPROVAL", "POSTING_WRITE", "LOCATION_STATUS_CHANGE", "UPGRADE", "MANAGER"},
	}, { // a lead has the stores of the region through its group
		"mira@franchise.example",
		[]string{"POSTING_WRITE at 1001", "POSTING_WRITE at 1002", "LOCATION_WRITE descriptionLong at 1001"},
		[]string{" at 1300", "USER_OTHERS_EDIT", "INBOX_APPROVAL", "MANAGER"},
	}, { // an account manager has the accounts that are named and cannot add others
		"anna@franchise.example",
		[]string{"BUSINESS_MANAGER of 11", "BUSINESS_MANAGER of 12", "USER_OTHERS_EDIT at 1001", "LOCATION_STATUS_CHANGE at 1299"},
		[]string{"ACCOUNT_MANAGER", "BUSINESS_MANAGER of 13", " at 1003", "UPGRADE"},
	}, { // an admin has everything
		"deputy@franchise.example",
		[]string{"ADMIN", "ACCOUNT_MANAGER of 13", "UPGRADE at 1300", "LOCATION_STATUS_CHANGE at 1", "LOCATION_WRITE name at 1002"},
		nil,
	}, { // whoever has left the files can do nothing
		"left@franchise.example", nil, []string{""},
	}} {
		has := all[test.user]
		for _, right := range test.can {
			if !slices.ContainsFunc(has, func(word string) bool { return strings.HasPrefix(word, right) }) {
				t.Errorf("%s cannot: %s", test.user, right)
			}
		}
		for _, part := range test.cannot {
			if i := slices.IndexFunc(has, func(word string) bool { return strings.Contains(word+" ", part) }); i >= 0 {
				t.Errorf("%s can: %s", test.user, has[i])
			}
		}
	}
}
