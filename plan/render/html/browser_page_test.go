package html

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestBrowserFilters(t *testing.T) {
	tab := newBrowser(t).open(t, sample(harmless))
	tab.wantShown("at first", "9 changed objects")
	tab.set("search", "moved  ALIKE2")
	tab.wantShown("search", "1 of 9 shown", "user.alike2@zoo.example")
	if !eval[bool](tab, `document.querySelector('.group').open`) {
		t.Error("a search does not open the folded group")
	}
	if got := eval[string](tab, `document.getElementById('danger').innerText`); got != "Danger 0 of 2 groups shown" {
		t.Errorf("the heading of the danger is %q", got)
	}
	if got := eval[string](tab, `document.querySelector('.group > summary .count').textContent`); got != "1 of 4 shown" {
		t.Errorf("the group says %q", got)
	}
	tab.reset()
	if eval[bool](tab, `document.querySelector('.group').open`) {
		t.Error("the group stays open without a filter")
	}
	tab.set("person", "cy@")
	tab.wantShown("person who is reached by a role", "1 of 9 shown", "role.keeper")
	if got := eval[[]string](tab, `[...document.querySelectorAll('.outcome:not(.off) li[data-person]:not(.off)')].map((e) => e.dataset.person)`); !slices.Equal(got, []string{"cy@zoo.example"}) {
		t.Errorf("the people shown are %q", got)
	}
	if !eval[bool](tab, `document.querySelector('.outcome:not(.off) li[data-person]:not(.off)').checkVisibility()`) {
		t.Error("the list with the person is not open")
	}
	tab.reset()
	tab.set("person", "zoe")
	tab.wantShown("person for whom an object stands", "1 of 9 shown", "role.keeper")
	tab.reset()
	tab.set("person", "alike")
	if got := eval[int](tab, `document.querySelectorAll('#people option').length`); got != 4 {
		t.Errorf("%d people are suggested", got)
	}
	tab.wantShown("several people", "4 of 9 shown")
	tab.set("search", "alike3")
	tab.wantShown("person and search", "1 of 9 shown", "user.alike3@zoo.example")
	tab.reset()
	tab.set("kind", "Groups")
	tab.wantShown("kind", "1 of 9 shown", "group.Food/Carnivore")
	tab.reset()
	tab.set("verb", "delete")
	tab.wantShown("action", "1 of 9 shown", "user.gone@zoo.example", "role.seen")
	tab.reset()
	tab.set("danger", "")
	tab.wantShown("danger", "2 of 9 shown", "role.keeper", "user.boss@zoo.example")
	if got := eval[int](tab, `document.querySelectorAll('.alert[data-item]:not(.off)').length`); got != 2 {
		t.Errorf("%d alerts are shown", got)
	}
	tab.set("search", "nothing like that")
	tab.wantShown("nothing", "0 of 9 shown")
	tab.set("open", "")
	tab.reset()
	if eval[int](tab, `document.querySelectorAll('.change:not([open])').length`) == 0 {
		t.Error("Open all opens what is not shown")
	}
	tab.set("open", "")
	if n := eval[int](tab, `document.querySelectorAll('main details:not([open])').length`); n > 0 {
		t.Errorf("Open all leaves %d closed", n)
	}
	tab.set("close", "")
	if n := eval[int](tab, `document.querySelectorAll('main details[open]').length`); n > 0 {
		t.Errorf("Close all leaves %d open", n)
	}
	tab.quiet()
}

func TestBrowserDeepLinks(t *testing.T) {
	b := newBrowser(t)
	odd := sample(func(s string) string { return s + " (é) 100%" })
	tab := b.open(t, odd)
	const id = "user.alike2@zoo.example (é) 100%"
	check := func(what string) {
		t.Helper()
		tab.wait(what, `(() => {
			const e = document.activeElement.closest('.change');
			const box = e && e.getBoundingClientRect();
			return e && e.open && e.checkVisibility() && box.top >= 0 && box.top < innerHeight && decodeURIComponent(e.id) === `+quote(id)+`;
		})()`)
	}
	tab.set("search", "boss")
	tab.run(chromedp.Evaluate[chromedp.Void](`location.hash = ` + quote(id)))
	check("a typed address that a filter hides")
	tab.wantShown("a typed address that a filter hides", "9 changed objects")
	tab.run(chromedp.Evaluate[chromedp.Void](`location.hash = ''; document.getElementById('gaining').parentElement.querySelectorAll('details').forEach((e) => { e.open = true; })`),
		chromedp.Click(chromedp.CSS(`li[data-person^="alike2"] a`)))
	check("a link")
	tab.run(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('main details').forEach((e) => { e.open = false; })`), chromedp.Click(chromedp.CSS(`.danger a`)), chromedp.NavigateBack())
	check("back")
	tab.quiet()

	again := b.openAt(t, sample(harmless), "#user.alike2@zoo.example")
	again.wait("a page that is opened with a link", `document.getElementById('user.alike2@zoo.example').open && document.querySelector('.group').open`)
	again.run(chromedp.KeyEvent(kb.Tab))
	if got := eval[string](again, `document.activeElement.closest('.change')?.id || ''`); got != "user.alike2@zoo.example" {
		t.Errorf("Tab leads to %q", got)
	}
	again.quiet()
}

func quote(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// contrast lists the texts with less contrast than WCAG AA asks for.
const contrast = `(() => {
	const parse = (s) => s.match(/[\d.]+/g).map(Number);
	const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
	const bad = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walker.nextNode(); n; n = walker.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || ['SCRIPT', 'STYLE', 'OPTION'].includes(e.localName.toUpperCase())) continue;
		const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.className + ': ' + n.data.trim().slice(0, 40));
	}
	return [...new Set(bad)];
})()`

func scheme(name string) chromedp.Action[chromedp.Void] {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

func TestBrowserLightAndDark(t *testing.T) {
	b := newBrowser(t)
	backgrounds := map[string]string{}
	for _, name := range []string{"light", "dark"} {
		tab := b.open(t, sample(harmless), scheme(name))
		tab.set("open", "")
		backgrounds[name] = eval[string](tab, `getComputedStyle(document.body).backgroundColor`)
		if bad := eval[[]string](tab, contrast); len(bad) > 0 {
			t.Errorf("%s: too little contrast: %q", name, bad)
		}
		tab.quiet()
	}
	if backgrounds["light"] != "rgb(255, 255, 255)" || backgrounds["dark"] == backgrounds["light"] {
		t.Errorf("the backgrounds are %v", backgrounds)
	}
}

// scripts lets the page run its script, or not.
func scripts(run bool) chromedp.Action[chromedp.Void] {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
}

// visibleChanges counts the changes whose attributes have a size.
const visibleChanges = `[...document.querySelectorAll('.change .fields')].filter((e) => e.getBoundingClientRect().height > 0).length`

func TestBrowserPrint(t *testing.T) {
	b := newBrowser(t)
	for _, script := range []bool{true, false} {
		tab := b.open(t, sample(harmless), scripts(script))
		tab.run(scripts(true), command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
		if got, all := eval[int](tab, visibleChanges), eval[int](tab, `document.querySelectorAll('.change .fields').length`); got != all {
			t.Errorf("script %v: %d of %d changes are printed", script, got, all)
		}
		if !eval[bool](tab, `[...document.querySelectorAll('form, nav, .skip')].every((e) => getComputedStyle(e).display === 'none')`) {
			t.Errorf("script %v: controls are printed", script)
		}
		closed := eval[int](tab, `document.querySelectorAll('main details:not([open])').length`)
		pdf, err := chromedp.Run(tab.ctx, chromedp.PrintToPDF())
		if err != nil {
			t.Fatal(err)
		}
		if len(pdf) < 10_000 {
			t.Errorf("script %v: the PDF has %d bytes", script, len(pdf))
		}
		if again := eval[int](tab, `document.querySelectorAll('main details:not([open])').length`); again != closed {
			t.Errorf("script %v: %d details are closed after printing, %d before", script, again, closed)
		}
		tab.quiet()
	}
}

func TestBrowserWithoutScript(t *testing.T) {
	tab := newBrowser(t).open(t, sample(harmless), scripts(false))
	tab.run(scripts(true))
	if eval[bool](tab, `document.querySelector('form').checkVisibility()`) {
		t.Error("controls that do nothing are shown")
	}
	tab.run(chromedp.Click(chromedp.CSS(`.group > summary`)), chromedp.Click(chromedp.CSS(`.group .change > summary`)))
	if !eval[bool](tab, `document.querySelector('.group .change .fields').checkVisibility()`) {
		t.Error("a change cannot be opened")
	}
	tab.quiet()
}

// Everything that can be used has a name and can be reached with the keyboard.
func TestBrowserKeyboardAndNames(t *testing.T) {
	tab := newBrowser(t).open(t, sample(harmless))
	tree, err := chromedp.Call(tab.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]int{}
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		var role, name string
		_ = json.Unmarshal(n.Role.Value, &role)
		if n.Name != nil {
			_ = json.Unmarshal(n.Name.Value, &name)
		}
		used[role]++
		if slices.Contains([]string{"button", "link", "searchbox", "textbox", "combobox", "checkbox", "DisclosureTriangle", "heading", "search", "navigation"}, role) && strings.TrimSpace(name) == "" {
			t.Errorf("a %s has no name", role)
		}
	}
	for _, role := range []string{"searchbox", "combobox", "checkbox", "button", "link", "DisclosureTriangle", "status", "main", "search", "navigation"} {
		if used[role] == 0 {
			t.Errorf("the page has no %s: %v", role, used)
		}
	}
	focused := `(() => { const e = document.activeElement; return e.name || e.localName + ' ' + e.className + e.textContent.trim().slice(0, 12); })()`
	var order []string
	for range 9 {
		tab.run(chromedp.KeyEvent(kb.Tab))
		order = append(order, eval[string](tab, focused))
	}
	if want := []string{"a skipSkip to the ", "search", "summary More filters", "person", "kind", "verb", "danger", "open", "close"}; !slices.Equal(order, want) {
		t.Errorf("Tab leads to %q, want %q", order, want)
	}
	if !eval[bool](tab, `getComputedStyle(document.activeElement).outlineStyle !== 'none'`) {
		t.Error("the focus cannot be seen")
	}
	tab.run(chromedp.Evaluate[chromedp.Void](`document.querySelector('.group > summary').focus()`), chromedp.KeyEvent(kb.Enter))
	if !eval[bool](tab, `document.querySelector('.group').open`) {
		t.Error("Enter does not open a group")
	}
	tab.quiet()
}

func TestBrowserNarrowAndWide(t *testing.T) {
	b := newBrowser(t)
	long := sample(func(s string) string { return s + strings.Repeat("x", 60) })
	for _, width := range []int64{320, 360, 800, 1400, 2560} {
		tab := b.open(t, long, chromedp.EmulateViewport(width, 800))
		tab.run(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('details').forEach((e) => { e.open = true; })`))
		if got := eval[int64](tab, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("at %d pixels the page is %d wide", width, got)
		}
		tab.quiet()
	}
}

// Names from outside run nothing, and neither does markup that gets into the page in another way.
func TestBrowserRunsOnlyItsScript(t *testing.T) {
	b := newBrowser(t)
	tab := b.open(t, sample(func(s string) string {
		return s + `</script></style></title>"'><script>window.hit = 1</script><img src=x onerror="window.hit = 1"><style>body{display:none}</style>`
	}))
	tab.set("search", "onerror")
	tab.quiet()
	tab.run(chromedp.Evaluate[chromedp.Void](`(() => {
		const script = document.createElement('script');
		script.textContent = 'window.hit = 1';
		document.body.append(script);
		document.body.insertAdjacentHTML('beforeend', '<img src="/x" onerror="window.hit = 1"><style>h1 { display: none }</style><iframe src="/x"></iframe>');
	})()`))
	if !eval[bool](tab, `window.hit === undefined && document.querySelector('h1').checkVisibility()`) {
		t.Error("the policy lets injected markup run")
	}
}

// A filter changes only class names, counts and whether groups are open, also on a large page.
func TestBrowserLargePage(t *testing.T) {
	const n = 10_000
	start := time.Now()
	tab := newBrowser(t).open(t, large(n))
	t.Logf("%d changes are loaded within %v", n, time.Since(start).Round(time.Millisecond))
	tab.wantShown("at first", "10,000 changed objects")
	type result struct {
		Elements, After int
		Attributes      []string
		Milliseconds    []float64
	}
	got := eval[result](tab, `(() => {
		const attributes = new Set();
		const observer = new MutationObserver(() => {});
		observer.observe(document.querySelector('main'), { attributes: true, childList: false, subtree: true });
		const elements = document.querySelectorAll('*').length;
		const milliseconds = [];
		const search = document.querySelector('[name=search]');
		for (const text of ['m', 'm0', 'm00', 'm004', 'm0042', 'm00421', '']) {
			const start = performance.now();
			search.value = text;
			search.dispatchEvent(new InputEvent('input', { bubbles: true }));
			document.documentElement.getBoundingClientRect();
			milliseconds.push(performance.now() - start);
		}
		for (const record of observer.takeRecords()) attributes.add(record.attributeName);
		return { elements, after: document.querySelectorAll('*').length, attributes: [...attributes].sort(), milliseconds };
	})()`)
	t.Logf("%d elements; milliseconds of one keystroke with layout: %.0f", got.Elements, got.Milliseconds)
	if got.Elements != got.After || !slices.Equal(got.Attributes, []string{"class", "open"}) {
		t.Errorf("filtering changes %q, and makes %d elements of %d", got.Attributes, got.After, got.Elements)
	}
	tab.set("search", "m00421")
	tab.wantShown("search", "1 of 10,000 shown", "user.m00421@zoo.example")
	tab.quiet()
}
