package partoo

import "testing"

// Whatever pages users lack, a role for them has a name, an api_id and a description that Partoo takes.
func TestNamesOfGeneratedRoles(t *testing.T) {
	for lacking := range 1 << len(sidebarPages) {
		r := &legacyReport{data: &legacyData{pages: map[string][]string{}}, groups: map[string]*LegacyGroup{"g": {Role: roleBusinessManager}}}
		var permissions []string
		for i, page := range sidebarPages {
			r.data.pages[page] = []string{page}
			if lacking&(1<<i) != 0 {
				r.groups["g"].Without = append(r.groups["g"].Without, page)
			} else {
				permissions = append(permissions, page)
			}
		}
		role := r.newRole(map[string]bool{}, permissions, []string{"g"})
		for _, wrong := range []error{roleAPIID(role.APIID), upTo(100, notInRoles)(role.Name), upTo(200, notInRoles)(role.description)} {
			if wrong != nil {
				t.Errorf("%v: %+v %q: %v", r.groups["g"].Without, role, role.description, wrong)
			}
		}
	}
}
