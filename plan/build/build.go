package build

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Build computes the plan of one tenant. It is a function of its input and writes
// nothing into it. The order of desired and live objects makes no difference.
//
// There is no state file, so a plan cannot know that an undeclared object was
// declared once: leaving the file never gives a Forget change. What the product
// owns, and what on_removal = "forget" leaves as it is, is in Plan.Unmanaged.
//
// With Input.Approved, the plan holds only what that permits, and the guards look
// at that alone; Plan.Deviations tells the rest.
func Build(in Input) Result {
	b := build(in, nil)
	if in.Approved == nil || b.unfinished() {
		return b.result()
	}
	permitted, deviations := compareApproval(in.Approved, b)
	r := build(in, permitted).result()
	if r.Plan != nil {
		r.Plan.Deviations = deviations
	}
	return r
}

// build computes a plan of what is permitted, or of everything where permitted is
// nil.
func build(in Input, permitted map[subject]bool) *builder {
	b := newBuilder(in)
	b.permitted = permitted
	for _, step := range [...]func(*builder){
		(*builder).requestDeclared, // which kinds have to be known at all
		(*builder).match,           // which live object is which desired one
		(*builder).compare,         // what differs, and what goes
		(*builder).lookAlikes,      // which keys a person cannot tell apart
		(*builder).hintRenames,     // what may have another name only
		(*builder).checkReferences, // what refers to what
		(*builder).order,           // in which order, and what --target leaves
		(*builder).computeImpact,   // whose rights change
		(*builder).checkLimits,     // whether that is too much
		(*builder).writeOutputs,    // what readers and the applier need besides
	} {
		step(b)
		if b.unfinished() {
			break
		}
	}
	return b
}

// A builder carries one plan through its steps.
type builder struct {
	Input
	plan             *plan.Plan
	product          *schema.Product
	tables           []*kindState // in the order of references
	table            map[string]*kindState
	candidates       []candidate
	findings         []schema.Finding
	wants            map[string]bool
	thin             map[liveRef]bool     // to be completed
	protect          map[objectRef]string // what protect names, with the entry; see protector
	ignored          *schema.IgnoreSet
	suggestionBudget int // comparisons left for naming what may be meant

	permitted          map[subject]bool      // what may be executed; nil where everything may
	dependenciesBefore map[subject][]subject // see rememberNeeds

	before, after *view // made by sides
	places        rights.Places
	sawThin       bool // a kind's function looked at an object that was not read as a whole
	unverifiable  bool // the rights found last depend on objects that were not read
}

// A liveRef is a live object by its place in its kind's table.
type liveRef struct {
	table *kindState
	at    int
}

// A candidate is a change that is not in its place yet.
type candidate struct {
	plan.Change
	table      *kindState
	live       int             // place of the live object in the table, or none
	successor  string          // key of the object that takes the place of one that goes
	cascadedBy *schema.Address // of a removal that is not made: what it goes with; see removals
}

func newBuilder(in Input) *builder {
	t := in.Tenant
	b := &builder{
		Input: in, product: t.Product, table: map[string]*kindState{},
		wants: map[string]bool{}, thin: map[liveRef]bool{}, suggestionBudget: 4_000_000,
		plan: &plan.Plan{
			Provider: t.Name, Product: t.Product.Name, Tenant: in.ID, Endpoint: in.Endpoint,
			Self: in.Self, Settings: plan.SteeringSettings(&t.Settings), DisplayNames: in.Labels, Unchanged: map[string]int{}, Kinds: t.Product.KindNames(),
		},
	}
	if k := t.Product.Kind(in.Self.Kind); k != nil && in.Self.Key != "" {
		b.Self.Key, _ = k.NormalKey(in.Self.Key)
		b.plan.Self = b.Self
	}
	for i, k := range t.Product.Kinds {
		tab := newKindState(k, i, t.Manage[k.Name], in.Live)
		b.tables = append(b.tables, tab)
		b.table[k.Name] = tab
	}
	for _, tab := range b.tables {
		tab.refer(b.table)
		tab.bindGrantee()
	}
	b.ignored = schema.NewIgnoreSet(t.Product, t.Manage)
	b.declare(t.Objects)
	b.checkProtect()
	for i := range t.Removed {
		if tab := b.table[t.Removed[i].Kind]; tab != nil {
			tab.removed = append(tab.removed, &t.Removed[i])
		}
	}
	return b
}

// declare hands every desired object to its table.
func (b *builder) declare(objects []schema.Object) {
	count := map[*kindState]int{}
	for i := range objects {
		count[b.table[objects[i].Addr.Kind]]++
	}
	for t, n := range count {
		t.want = make([]*schema.Object, 0, n)
	}
	for i := range objects {
		t := b.table[objects[i].Addr.Kind]
		t.want = append(t.want, &objects[i])
	}
}

// requestDeclared asks for the kinds that the files speak about and that were not listed.
func (b *builder) requestDeclared() {
	for _, t := range b.tables {
		if len(t.want) > 0 || len(t.removed) > 0 || t.manage.Mode == schema.Authoritative || t.declaredInShort() {
			b.requestList(t)
		}
	}
}

// requestList asks for a kind to be listed, where it can be and was not.
func (b *builder) requestList(t *kindState) {
	if !t.listed && !t.kind.Virtual {
		b.wants[t.kind.Name] = true
	}
}

// requestRead asks for a thin live object to be read.
func (b *builder) requestRead(t *kindState, j int) {
	if t.live[j].Incomplete {
		b.thin[liveRef{t, j}] = true
	}
}

func (b *builder) unfinished() bool { return len(b.wants)+len(b.thin) > 0 }

func (b *builder) addFinding(f schema.Finding) { b.findings = append(b.findings, f) }

// result hands the plan over, or what is still to be read, in a fixed order.
func (b *builder) result() Result {
	if !b.unfinished() {
		p := b.plan
		p.Findings, p.Violations = inOrder(b.findings), inOrder(p.Violations)
		return Result{Plan: p, After: b.outcome(), NewKeys: b.newKeys()}
	}
	var m Missing
	for _, t := range b.tables {
		if b.wants[t.kind.Name] {
			m.Kinds = append(m.Kinds, t.kind.Name)
		}
	}
	for _, x := range slices.SortedFunc(maps.Keys(b.thin), func(x, y liveRef) int {
		return cmp.Or(cmp.Compare(x.table.level, y.table.level), compareLive(x.table.source[x.at], y.table.source[y.at]))
	}) {
		m.Objects = append(m.Objects, x.table.source[x.at])
	}
	return Result{Missing: m}
}

// compareLive orders live objects; ids tell apart those that share a key.
func compareLive(a, b schema.Object) int {
	return cmp.Or(cmp.Compare(a.Addr.Key, b.Addr.Key), cmp.Compare(a.ID, b.ID))
}

// inOrder sorts findings by place in the files, those without one last.
func inOrder(findings []schema.Finding) []schema.Finding {
	slices.SortStableFunc(findings, func(a, b schema.Finding) int {
		return cmp.Or(
			compareBool(a.Pos == schema.Pos{}, b.Pos == schema.Pos{}),
			comparePos(a.Pos, b.Pos), a.Addr.Compare(b.Addr),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Value, b.Value),
		)
	})
	return findings
}

func comparePos(a, b schema.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
