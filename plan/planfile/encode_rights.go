package planfile

import (
	"encoding/binary"
	"errors"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// maxRights is how many gained and lost rights one plan can list, equal lists
// counted once. A plan holds them all in memory when it is computed, about 10 GB at
// this number; the limit keeps a small file from asking for more than that.
const maxRights = 1 << 27

// A wireDifference says by numbers what a subject gains and loses, because users
// who have the same role gain the same long lists of rights.
type wireDifference struct {
	Subject  string   `json:"subject"`
	Gained   []int    `json:"gained,omitempty"` // places in the grants of the plan
	Lost     []int    `json:"lost,omitempty"`
	LosesAll bool     `json:"loses_all,omitempty"`
	People   []string `json:"people,omitempty"`
	CausedBy *int     `json:"caused_by,omitempty"` // place in the causes; nil means the change of the subject alone
}

// A wireGrant is a list of rights that hold on one scope through one carrier.
type wireGrant struct {
	Rights int    `json:"rights"` // place in the rights of the plan
	Scope  string `json:"scope,omitempty"`
	Via    string `json:"via,omitempty"`
	All    bool   `json:"all,omitempty"`
}

// A tableEncoder collects what parts of one plan refer to by number, in the order in
// which it is first met.
type tableEncoder struct {
	rights [][]string
	grants []wireGrant
	causes [][]string

	rightsAt map[string]int
	grantAt  map[wireGrant]int
	causeAt  map[string]int
	lists    map[listOf[schema.Grant]][]int
	reasons  map[listOf[schema.Address]]int
	total    int // rights in the distinct lists
}

// listOf identifies a slice in memory, since a plan shares equal lists.
type listOf[T any] struct {
	first *T
	n     int
}

func newTableEncoder() *tableEncoder {
	return &tableEncoder{
		rightsAt: map[string]int{}, grantAt: map[wireGrant]int{}, causeAt: map[string]int{},
		lists: map[listOf[schema.Grant]][]int{}, reasons: map[listOf[schema.Address]]int{},
	}
}

// differences returns the wire form of differences.
func (e *tableEncoder) differences(all []rights.Difference) ([]wireDifference, error) {
	out := make([]wireDifference, len(all))
	for i := range all {
		d := &all[i]
		out[i] = wireDifference{
			Subject: d.Subject.String(), Gained: e.list(d.Gained), Lost: e.list(d.Lost), LosesAll: d.LosesAll, People: encodeAddresses(d.People), CausedBy: e.causedBy(d.Subject, d.CausedBy),
		}
	}
	if e.total > maxRights {
		return nil, errors.New("the plan grants and revokes too many different rights to be saved: plan a part of it with --target")
	}
	return out, nil
}

// list returns the numbers of the grants that stand for a list of rights.
func (e *tableEncoder) list(grants []schema.Grant) []int {
	if len(grants) == 0 {
		return nil
	}
	id := listOf[schema.Grant]{&grants[0], len(grants)}
	if numbers, ok := e.lists[id]; ok {
		return numbers
	}
	e.total += len(grants)
	at := map[wireGrant]int{}
	var carriers []wireGrant
	var rights [][]string
	n := 0
	for _, g := range grants {
		w := wireGrant{Scope: g.Scope, Via: g.Via, All: g.All}
		// Sorted grants name their scopes in the same order for each right.
		if n++; n >= len(carriers) {
			n = 0
		}
		if len(carriers) == 0 || carriers[n] != w {
			n = number(at, w, &carriers, w)
		}
		if n == len(rights) {
			rights = append(rights, nil)
		}
		rights[n] = append(rights[n], g.Right)
	}
	numbers := make([]int, len(carriers))
	for n, w := range carriers {
		w.Rights = number(e.rightsAt, listKey(rights[n]), &e.rights, rights[n])
		numbers[n] = number(e.grantAt, w, &e.grants, w)
	}
	e.lists[id] = numbers
	return numbers
}

// causedBy returns the number of the list of changes that reach the subject, or nil
// where that is only its own.
func (e *tableEncoder) causedBy(subject schema.Address, changes []schema.Address) *int {
	if len(changes) == 1 && changes[0] == subject {
		return nil
	}
	var id listOf[schema.Address]
	if len(changes) > 0 {
		id = listOf[schema.Address]{&changes[0], len(changes)}
	}
	n, ok := e.reasons[id]
	if !ok {
		causes := make([]string, len(changes))
		for i, a := range changes {
			causes[i] = a.String()
		}
		n = number(e.causeAt, listKey(causes), &e.causes, causes)
		e.reasons[id] = n
	}
	return &n
}

// number returns the number of a value in a table, to which it is added where it is new.
func number[K comparable, V any](at map[K]int, key K, table *[]V, value V) int {
	n, ok := at[key]
	if !ok {
		n = len(*table)
		at[key] = n
		*table = append(*table, value)
	}
	return n
}

// listKey is a text that only equal lists have in common.
func listKey(list []string) string {
	n := 0
	for _, s := range list {
		n += len(s) + 2
	}
	key := make([]byte, 0, n)
	for _, s := range list {
		key = binary.AppendUvarint(key, uint64(len(s)))
		key = append(key, s...)
	}
	return string(key)
}
