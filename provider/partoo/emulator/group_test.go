package emulator

import (
	"strings"
	"testing"
)

func TestSections(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", "GET /sections/1", `200 {"id":1,"name":"Class","groups":[{"id":1,"name":"Birds","has_puller":false},{"id":2,"name":"Reptiles","has_puller":false}],"can_edit":true,"has_puller":false}`},
		{"", "GET /sections", `200 ~"max_page":1`},
		{"store", "GET /sections/1", `200 ~"can_edit":false`},
		{"", "GET /sections/99", missing}, {"", "GET /sections/x", missing},
		{"", `POST /sections {"name":"Size"}`, `200 {"status":"success","id":5}`},
		{"", `POST /sections {"name":"Size"}`, `400 {"error":{"json":{"name":"Must be unique."}}}`},
		{"", `POST /sections {"name":"a/b"}`, `400 ~"name"`}, {"", `POST /sections {"name":" "}`, `400 ~"name"`}, {"", `POST /sections {"name":null}`, `400 ~"name"`},
		{"store", `POST /sections {"name":"X"}`, denied},
		{"group", `POST /sections/5 {"name":"Weight"}`, `200 {"status":"success","id":5}`},
		{"", `POST /sections/5 {"name":"Class"}`, `400 ~unique`}, {"", `POST /sections/99 {"name":"X"}`, missing}, {"store", `POST /sections/5 {}`, denied},
		{"", `POST /sections/4 {"name":"X"}`, denied}, {"", "DELETE /sections/4", denied}, // has_puller
		{"", "DELETE /sections/1", `400 ~section_id`}, {"store", "DELETE /sections/5", denied},
		{"", "DELETE /sections/5", `200 {"status":"success","id":5}`}, {"", "DELETE /sections/5", missing},
		{"", `POST /sections {"name":"Weight"}`, `200 {"status":"success","id":6}`}, // ids are not used again
	})
	play(t, seeded(t, zoo), []step{{"", "GET /sections?per_page=3&page=2", `200 ~"sections":[]`}})
}

func TestGroups(t *testing.T) {
	crab, eagle := hexID("business", "CRAB"), hexID("business", "EAGLE")
	play(t, seeded(t, zoo), []step{
		{"", "GET /sections/3/groups/5", `200 {"id":5,"name":"Carnivore","has_puller":false,"business_ids":["` + eagle + `"]}`},
		{"", "GET /sections/1/groups/5", missing}, {"", "GET /sections/3/groups/x", missing},
		{"", `POST /sections/1/groups {"name":"Crustaceans","business__in":["` + crab + `","` + crab + `"]}`, `200 {"status":"success","id":8}`},
		{"", "GET /sections/1/groups/8", `200 ~"business_ids":["` + crab + `"]`},
		{"", `POST /sections/1/groups {"name":"Empty","business__in":[]}`, `200 {"status":"success","id":9}`},
		{"", "GET /sections/1/groups/9", `200 ~"business_ids":[]`},
		{"", `POST /sections/1/groups {"name":"Trap"}`, `200 {"status":"success","id":10}`},
		{"", "GET /sections/1/groups/10", "200 ~" + allBusinesses()},
		{"", `POST /sections/1/groups {"business__in":[]}`, `400 ~"name":"Missing`},
		{"", `POST /sections/1/groups {"name":"Birds","business__in":[]}`, `400 ~unique`},
		{"", `POST /sections/2/groups {"name":"Birds","business__in":[]}`, "200 "},
		{"", `POST /sections/1/groups {"name":"a;b","business__in":[]}`, `400 ~"name"`},
		{"", `POST /sections/1/groups {"name":"New","business__in":["none"]}`, `400 ~"business__in":"Unknown business: none."`},
		{"", `POST /sections/1/groups {"name":"New","business__in":"all"}`, `400 ~"business__in"`},
		{"", `POST /sections/99/groups {"name":"New","business__in":[]}`, missing},
		{"store", `POST /sections/1/groups {"name":"New","business__in":[]}`, denied},
		{"", `POST /sections/1/groups/8 {"name":"Shells","business__in":[]}`, `200 {"status":"success","id":8}`},
		{"", "GET /sections/1/groups/8", `200 {"id":8,"name":"Shells","has_puller":false,"business_ids":[]}`},
		{"", `POST /sections/1/groups/8 {"name":"Shells"}`, "200 "}, // the same trap
		{"", "GET /sections/1/groups/8", "200 ~" + allBusinesses()},
		{"", `POST /sections/1/groups/99 {}`, missing}, {"store", `POST /sections/1/groups/8 {}`, denied},
		{"", `PUT /sections/1/groups/8 {}`, "405 "},
		{"", `POST /sections/4/groups/7 {"business__in":[]}`, denied}, {"", "DELETE /sections/4/groups/7", denied}, // has_puller
		{"store", "DELETE /sections/1/groups/8", denied}, {"", "DELETE /sections/1/groups/8", `200 {"status":"success","id":8}`}, {"", "DELETE /sections/1/groups/8", missing},
		{"", "DELETE /sections/1/groups/1", denied}, // an access names it
	})
}

// allBusinesses is what a group shows that has every business of the zoo.
func allBusinesses() string {
	var ids []string
	for _, code := range []string{"EAGLE", "CANARY", "LIZARD", "CRAB"} {
		ids = append(ids, `"`+hexID("business", code)+`"`)
	}
	return `"business_ids":[` + strings.Join(ids, ",") + `]`
}

func TestGroupVariants(t *testing.T) {
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"group-update=put", []step{{"", `POST /sections/1/groups/1 {}`, "405 "}, {"", `PUT /sections/1/groups/1 {"business__in":[]}`, "200 "}}},
		{"set-update=merge", []step{{"", `POST /sections/3/groups/5 {"business__in":[]}`, "200 "}, {"", "GET /sections/3/groups/5", `200 ~"business_ids":["` + hexID("business", "EAGLE")}}},
		{"delete-used-group=dangle", []step{{"", "DELETE /sections/2/groups/3", "200 "}, {"", "GET /user/" + groupID, `200 ~"accesses":[[1,3]]`}}},
		{"search-closed=hidden", []step{{"", "GET /business/search", `200 ~"count":3`}, {"", "GET /business/search?code=CRAB", `200 ~"count":0`}}},
		{"business-id=business_id", []step{{"", "GET /business/search?code=CRAB", `200 ~"business_id":"` + hexID("business", "CRAB") + `"`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}

func TestBusinesses(t *testing.T) {
	crab, eagle := hexID("business", "CRAB"), hexID("business", "EAGLE")
	play(t, seeded(t, zoo), []step{
		{"", "GET /business/search?business__in=" + crab + ",none," + eagle + "," + crab, `200 ~"count":2`},
		{"", "GET /business/search?code=CRAB", `200 ~"status":"temporarily_closed","org_id":42,"groups":[]`}, {"", "GET /business/search?code=NONE", `200 ~"count":0`},
		{"", "GET /business/search?code__in=CRAB", `200 ~"count":4`}, // not known, so ignored
		{"", "GET /business/search?page=2&per_page=3", `200 ~"max_page":2,"page":2`},
		{"group", "GET /business/search", `200 ~"count":2`}, {"store", "GET /business/search", `200 ~"count":1`},
	})
}

// The filter table of Partoo's page on groups: or within a section, and across.
func TestFilterLogic(t *testing.T) {
	s := seeded(t, zoo)
	for _, tt := range []struct {
		groups []string
		want   string
	}{
		{[]string{"Class/Birds", "Class/Reptiles"}, "EAGLE CANARY LIZARD"},
		{[]string{"Class/Birds", "Continent/Europe", "Food/Omnivore"}, "CANARY"},
		{[]string{"Continent/Europe"}, "EAGLE CANARY LIZARD"},
		{[]string{"Continent/Asia"}, ""},
		{nil, "EAGLE CANARY LIZARD CRAB"},
	} {
		var access []int
		for _, name := range tt.groups {
			access = append(access, s.groupsByName()[name])
		}
		var got []string
		for _, b := range s.businesses.All() {
			if s.inAccess(access)(b) {
				got = append(got, b.Code)
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%v: %s, want %s", tt.groups, text, tt.want)
		}
	}
}
