package emulator

import (
	"net/http"
	"testing"
)

func withOrg(t *testing.T, s *Server, token, base, org string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/userGroups", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("x-org-id", org)
	res, err := s.Transport().RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

func TestGroups(t *testing.T) {
	id := uuid("userGroup", "#1")
	play(t, seeded(t, yard), []step{
		{"", "GET /userGroups", `200 [{"id":"g1","name":"Dispatch","type":"local","description":"Plans"}]`},
		{"", `POST /userGroups {"name":"Night"}`, `200 {"id":"` + id + `","name":"Night","type":"local"}`},
		{"", `POST /userGroups {"name":"Night"}`, `409 {"statusCode":409,"message":"A user group with this name exists already.","error":"Conflict"}`},
		{"", `POST /userGroups {"name":"night"}`, "200 "},
		{"", `POST /userGroups {}`, `400 {"statusCode":400,"message":["name should not be empty"],"error":"Bad Request"}`},
		{"", `POST /userGroups {"name":""}`, `400 ~name should not be empty`},
		{"", `POST /userGroups {"name":1,"description":2}`, `400 ~["name must be a string","description must be a string"]`},
		{"", `POST /userGroups nonsense`, `400 ~the body must be an object`},
		{"sales", "GET /userGroups", denied}, {"sales", `POST /userGroups {"name":"A"}`, denied}, {"sales", "POST /userGroups/search {}", denied},
		{"manager", "GET /userGroups", "200 "}, {"manager", `POST /userGroups {"name":"Day"}`, "200 "},
		{"", "PUT /userGroups/g1 {}", absent}, {"", "DELETE /userGroups/g1", absent}, {"", "GET /userGroups/g1", absent},
	})
}

func TestGroupSearch(t *testing.T) {
	const groups = `{"user_groups":[{"id":"1","name":"Dis"},{"id":"2","name":"Dispatch"},{"id":"3","name":"Night"}]}`
	play(t, seeded(t, groups), []step{
		{DefaultLogin().UserID, `POST /userGroups/search {"name":"Dis"}`, `200 {"total":1,"results":[{"id":"1","name":"Dis","type":"local"}]}`},
		{DefaultLogin().UserID, `POST /userGroups/search {"ids":["3","9"]}`, `200 {"total":1,"results":[{"id":"3","name":"Night","type":"local"}]}`},
		{DefaultLogin().UserID, `POST /userGroups/search {"limit":1,"offset":1}`, `200 {"total":3,"results":[{"id":"2","name":"Dispatch","type":"local"}]}`},
		{DefaultLogin().UserID, `POST /userGroups/search {"offset":9}`, `200 {"total":3,"results":[]}`},
		{DefaultLogin().UserID, `POST /userGroups/search`, `200 ~"total":3`},
		{DefaultLogin().UserID, `POST /userGroups/search {"limit":-1,"name":2}`, `400 ~["name must be a string","limit must be a positive number"]`},
	})
}

func TestMembers(t *testing.T) {
	const anaOnly = `200 {"members":[{"id":"ana","addedAt":"2024-01-01T00:00:00Z","addedBy":"ana"}]}`
	play(t, seeded(t, yard), []step{
		{"", "GET /userGroups/g1/members", anaOnly},
		{"manager", `POST /userGroups/g1/members {"add":["ana","ben","ben"]}`, `200 {"added":1,"removed":0}`},
		{"", "GET /userGroups/g1/members", `200 ~{"id":"ben","addedAt":"2023-11-14T22:13:20Z","addedBy":"manager"}`},
		{"", `POST /userGroups/g1/members {"add":["ben"],"remove":["ben","x"]}`, `200 {"added":0,"removed":1}`}, // remove beats add
		{"", "GET /userGroups/g1/members", anaOnly},
		{"", `POST /userGroups/g1/members {"add":["ghost"]}`, `200 {"added":0,"removed":0}`},
		{"", `POST /userGroups/g1/members {"add":"ben","remove":[1]}`, `400 ~["each value in add must be a string","each value in remove must be a string"]`},
		{"", `POST /userGroups/g1/members []`, `400 ~object`},
		{"", "GET /userGroups/g9/members", absent}, {"", "POST /userGroups/g9/members {}", absent},
		{"sales", "GET /userGroups/g1/members", denied}, {"sales", "POST /userGroups/g1/members {}", denied},
		{"", `POST /userGroups/g1/members {"remove":["ana"]}`, `200 {"added":0,"removed":1}`},
		{"", "GET /userGroups/g1/members", `200 {"members":[]}`},
	})
}

func TestBoards(t *testing.T) {
	all := `[{"createdAt":"2024-01-01T00:00:00Z","icon":"table","id":"` + uuid("board", "order/dispatch") + `","isExternal":false,"name":"dispatch","objectKey":"order"},
		{"createdAt":"2024-01-01T00:00:00Z","icon":"table","id":"` + uuid("board", "order/embeddedOrder") + `","isExternal":false,"name":"embeddedOrder","objectKey":"order"}]`
	play(t, seeded(t, yard), []step{
		{"", "GET /boards/nav", "200 " + all},
		{"sales", "GET /boards/nav", `200 !embeddedOrder`}, {"sales", "GET /boards/nav", `200 ~dispatch`},
		{"", `GET /boards/nav {"objectKey":"userGroup"}`, "200 []"},
		{"", `GET /boards/nav {"limit":1,"offset":1}`, `200 !dispatch`}, {"", `GET /boards/nav {"limit":1}`, `200 !embeddedOrder`},
		{"", `GET /boards/nav {"limit":"x"}`, "400 "},
		{"", "GET /boards/nav?objectKey=userGroup", "200 " + all},
	})
}
