package emulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSections(t *testing.T) {
	play(t, seeded(t, zoo), []step{
		{"", "GET /sections/1", `200 {"id":1,"name":"Class","groups":[{"id":1,"name":"Birds","has_puller":false},{"id":2,"name":"Reptiles","has_puller":false}],"can_edit":true,"has_puller":false}`},
		{"", "GET /sections", `200 ~"max_page":1`},
		{"", "GET /sections?group_name_query=eur", `200 {"page":1,"max_page":1,"count":1,"sections":[
			{"id":2,"name":"Continent","groups":[{"id":3,"name":"Europe","has_puller":false}],"can_edit":true,"has_puller":false}]}`},
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
	play(t, seeded(t, zoo, "delete-full-section=cascade"), []step{
		{"", "DELETE /sections/1", denied}, // an access names one of its groups
		{"", "DELETE /sections/3", "200 "}, {"", "GET /sections/3/groups/5", missing}, {"", "GET /business/c-EAGLE", `200 ~"groups":[1,3]`},
	})
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
	get := "GET /user/" + groupID
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"group-update=put", []step{{"", `POST /sections/1/groups/1 {}`, "405 "}, {"", `PUT /sections/1/groups/1 {"business__in":[]}`, "200 "}}},
		{"group-name=org", []step{{"", `POST /sections/2/groups {"name":"Birds","business__in":[]}`, `400 ~unique`}}},
		{"group-update-omitted=keep", []step{{"", `POST /sections/3/groups/5 {"name":"Meat"}`, "200 "}, {"", "GET /sections/3/groups/5", `200 ~"business_ids":["` + hexID("business", "EAGLE") + `"]`}}},
		{"delete-used-group=drop", []step{{"", "DELETE /sections/2/groups/3", "200 "}, {"", get, `200 ~"accesses":[[1]]`}, {"", "DELETE /sections/1/groups/1", "200 "}, {"", get, `200 ~"accesses":[]`}}},
		{"delete-used-group=dangle", []step{{"", "DELETE /sections/2/groups/3", "200 "}, {"", get, `200 ~"accesses":[[1,3]]`}, {"", get + "/businesses", `200 ~"count":0`}}},
		{"search-closed=hidden", []step{{"", "GET /business/search", `200 ~"count":3`}, {"", "GET /business/search?status=temporarily_closed", `200 ~"count":1`}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, zoo, tt.variant), tt.steps) })
	}
}

func TestBusinesses(t *testing.T) {
	crab, eagle := hexID("business", "CRAB"), hexID("business", "EAGLE")
	play(t, seeded(t, zoo), []step{
		{"", "GET /business/c-CRAB", `200 {"id":"` + crab + `","code":"CRAB","name":"Crab","status":"temporarily_closed","org_id":42,"groups":[]}`},
		{"", "GET /business/" + eagle, `200 ~"groups":[1,3,5]`},
		{"provider", "GET /business/c-CRAB", missing}, {"group", "GET /business/c-CRAB", missing}, {"", "GET /business/none", missing},
		{"", "GET /business/search?business__in=" + crab + ",none," + eagle + "," + crab, `200 ~"count":2`},
		{"", "GET /business/search?code=CRAB", `200 ~"count":1`}, {"", "GET /business/search?code=NONE", `200 ~"count":0`},
		{"", "GET /business/search?code__in=CRAB", `200 ~"count":4`}, // not known, so ignored
		{"", "GET /business/search?country=ES", `200 ~"count":1`}, {"", "GET /business/search?name=ea", `200 ~"count":1`},
		{"", "GET /business/search?query=liz", `200 ~"count":1`}, {"", "GET /business/search?groups=x", `400 ~groups`},
		{"", "GET /business/search?page=2&per_page=3", `200 ~"max_page":2,"page":2`},
		{"group", "GET /business/search", `200 ~"count":2`}, {"store", "GET /business/search", `200 ~"count":1`},
		{"", `POST /business/c-CRAB {"groups":[3],"name":"Sea crab"}`, `200 {"status":"success","id":"` + crab + `"}`},
		{"", "GET /business/c-CRAB", `200 ~"name":"Sea crab","status":"temporarily_closed","org_id":42,"groups":[3]`},
		{"", "GET /sections/2/groups/3", `200 ~` + crab},
		{"", `POST /business/c-CRAB {"groups":[]}`, "200 "}, {"", "GET /business/c-CRAB", `200 ~"groups":[]`},
		{"", `POST /business/c-CRAB {"groups":[99]}`, `400 ~groups`}, {"", `POST /business/c-CRAB {"code":"EAGLE"}`, `400 ~code`},
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
		var ids []string
		var access []int
		for _, name := range tt.groups {
			id := s.groupsByName()[name]
			access, ids = append(access, id), append(ids, fmt.Sprint(id))
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
		count := fmt.Sprintf(`200 ~"count":%d`, len(got))
		play(t, s, []step{{"", "GET /business/search?groups=" + strings.Join(ids, ","), count}})
	}
	if !slices.Equal(s.inside[1], []int{1, 2}) {
		t.Errorf("section 1 holds %v", s.inside[1])
	}
}
