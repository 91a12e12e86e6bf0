package uberall

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A wireID is the id of an object. In lists of a user and of a group it may stand inside
// an object with the id; see quirks.go.
type wireID int64

func (id wireID) text() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

// locationIDs returns ids as locationID writes them, sorted.
func locationIDs(ids []wireID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = locationID(id)
	}
	return schema.Canonical(out)
}

// An envelope is around every answer, also around many errors.
type envelope struct {
	Status    string   `json:"status"`
	Message   string   `json:"message"`
	ErrorCode string   `json:"errorCode"`
	Warnings  []string `json:"warnings"`
}

// unreadable is the status of an envelope whose status is not a text.
const unreadable = "an unreadable status"

// open reads the envelope of an answer; the zero value stands for none. A member of another
// type than is documented does not hide the others.
func open(body []byte) (e envelope) {
	if bytes.HasPrefix(body, []byte(`{"status":"SUCCESS"`)) && !bytes.Contains(body, []byte(`"warnings"`)) {
		e.Status = "SUCCESS" // nearly all, and cheap
		return e
	}
	err := json.Unmarshal(body, &e)
	var mismatch *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &mismatch) {
		return envelope{}
	}
	if mismatch != nil && mismatch.Field == "status" {
		e.Status = unreadable
	}
	return e
}

// statusOf returns the HTTP status for the status in the envelope, whatever the
// answer's own code is. Which code carries which status is not documented.
func statusOf(code int, body []byte) int {
	switch status := open(body).Status; status {
	case "SUCCESS", "":
		return code
	case unreadable:
		if code >= http.StatusBadRequest {
			return code
		}
		return http.StatusInternalServerError
	case "QUOTA_LIMIT_EXCEED":
		return http.StatusTooManyRequests
	case "BAD_ACCESS_TOKEN", "BAD_PRIVATE_KEY", "BAD_PUBLIC_KEY":
		return http.StatusUnauthorized
	case "NOT_AUTHORIZED", "FORBIDDEN":
		return http.StatusForbidden
	case "NOT_FOUND":
		return http.StatusNotFound
	case "SERVER_ERROR", "ERROR", "PARTIAL_ERROR": // what was done is not known
		return max(code, http.StatusInternalServerError)
	default:
		return max(code, http.StatusBadRequest)
	}
}

// reason is the product's own words in an answer; "" where they have no envelope.
func reason(_ int, body []byte) string {
	e := open(body)
	words := cmp.Or(e.Message, e.Status)
	if e.ErrorCode != "" {
		words += " (" + e.ErrorCode + ")"
	}
	return words
}

func warnings(body []byte) []string { return open(body).Warnings }

// pages is the one way in which lists are divided; uberall may give fewer rows than asked.
var pages = rest.ByOffset("offset", "max", 1000, "response.count")

func fieldMask(fields ...string) url.Values { return url.Values{"fieldMask": fields} }

// A wireUser is one user. uberall's description leaves the address out.
type wireUser struct {
	ID         wireID      `json:"id"`
	Email      string      `json:"email"`
	Identifier string      `json:"identifier"`
	FirstName  string      `json:"firstname"`
	LastName   string      `json:"lastname"`
	Salutation string      `json:"salutation"`
	Phone      string      `json:"phone"`
	Role       string      `json:"role"`
	Status     string      `json:"status"`
	Language   string      `json:"preferredLanguage"`
	WhiteLabel string      `json:"whitelabelInformationIdentifier"`
	Features   *[]string   `json:"features"`
	Detailed   wireDetails `json:"featuresDetailed"`
	Businesses *[]wireID   `json:"managedBusinesses"`
	Locations  *[]wireID   `json:"managedLocations"`
	ViaGroups  []wireID    `json:"managedLocationsViaGroups"`
	Emails     []wireEmail `json:"emailSettings"`
}

// wireDetails are the parts of the two features that can be given one by one.
type wireDetails struct {
	Fields     []string `json:"LOCATION_WRITE,omitempty"`
	Dashboards []string `json:"ADVANCED_ANALYTICS,omitempty"`
}

// A wireEmail is how often a user gets one type of e-mail.
type wireEmail struct {
	Type      string `json:"emailType"`
	Frequency string `json:"frequency"`
}

// check returns an error for an invalid user. A list of rights that is missing must not look
// like an empty one.
func (w *wireUser) check() error {
	switch {
	case w.ID == 0 || w.Role == "" || w.Status == "":
		return errors.New("a user of the answer has no id, no role or no status")
	case w.Features == nil:
		return errors.New(`a user of the answer has no list "features"`)
	case w.Businesses == nil || w.Locations == nil:
		return errors.New("a user of the answer does not show managedBusinesses and managedLocations")
	case slices.Contains(*w.Features, "") || slices.Contains(*w.Businesses, 0) || slices.Contains(*w.Locations, 0):
		return errors.New("a list of a user of the answer has a member that is empty")
	}
	return nil
}

// A wireBusiness is one account.
type wireBusiness struct {
	ID         wireID `json:"id"`
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
	key        string // as files and plans name it
}

func (w *wireBusiness) name() string { return schema.NFC(cmp.Or(w.Identifier, w.Name)) }

// A wireLocation is one location.
type wireLocation struct {
	ID         wireID `json:"id"`
	Identifier string `json:"identifier"`
	Name       string `json:"name"`
	BusinessID wireID `json:"businessId"`
}

// A wireGroup is one location group.
type wireGroup struct {
	ID        wireID    `json:"id"`
	Name      string    `json:"name"`
	Status    string    `json:"status"`
	Locations *[]wireID `json:"locations"`
	Users     *[]wireID `json:"users"`
}

func (w *wireGroup) check() error {
	if w.ID == 0 || w.Name == "" || w.Locations == nil || w.Users == nil {
		return errors.New("a location group of the answer has no id, no name, no locations or no users")
	}
	if slices.Contains(*w.Locations, 0) || slices.Contains(*w.Users, 0) {
		return errors.New("a list of a location group of the answer has a member that is empty")
	}
	return nil
}
