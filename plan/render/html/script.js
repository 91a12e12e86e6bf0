// Filters the items of the page, opens what a link leads to, and opens everything for printing. An
// item has data-item; those that are counted have data-item="counted". Filters change only whether an
// element has the class "off".
(() => {
  'use strict';

  const form = document.getElementById('filters');
  const shownText = document.getElementById('shown');
  const noun = shownText.dataset.noun;
  const number = (n) => n.toLocaleString('en');
  const plain = (s) => s.toLowerCase().replace(/\s+/g, ' ').trim();

  // A group is a section or a folded list with the number of its items.
  const groups = new Map();
  const groupOf = (element) => {
    if (!groups.has(element)) {
      const count = element.querySelector(':scope > h3 > .count, :scope > h4 > .count, :scope > summary > .count');
      groups.set(element, { element, count, text: count ? count.textContent : '', unit: element.dataset.group && ' ' + element.dataset.group, total: 0, shown: 0, on: true });
    }
    return groups.get(element);
  };
  const items = [];
  const byNumber = new Map();
  for (const element of document.querySelectorAll('[data-item]')) {
    const { item: role, n, danger, ...values } = element.dataset;
    const item = { element, on: true, text: null, counted: role === 'counted', danger: danger !== undefined, values, groups: [] };
    for (let up = element.parentElement.closest('[data-group]'); up; up = up.parentElement.closest('[data-group]')) {
      const group = groupOf(up);
      group.total++;
      item.groups.push(group);
    }
    if (n) byNumber.set(n, item);
    items.push(item);
  }
  const total = items.filter((item) => item.counted).length;

  // People by name, with the items about them: their own, and the changes that reach them.
  let people = null;
  const allPeople = () => {
    if (people) return people;
    const itemOf = new Map(items.map((item) => [item.element, item]));
    people = new Map();
    for (const element of document.querySelectorAll('[data-person]')) {
      const name = element.dataset.person;
      const key = plain(name);
      if (!people.has(key)) people.set(key, { name, items: new Set(), entries: [] });
      const person = people.get(key);
      person.items.add(itemOf.get(element.closest('[data-item]')));
      for (const n of (element.dataset.by || '').split(' ')) {
        if (byNumber.has(n)) person.items.add(byNumber.get(n));
      }
      if (element.localName === 'li') person.entries.push({ element, on: true });
    }
    return people;
  };

  const mostSuggestions = 50;
  const suggest = (wanted) => {
    const list = document.getElementById('people');
    const names = [];
    for (const [key, person] of allPeople()) {
      if (names.length === mostSuggestions) break;
      if (key.includes(wanted)) names.push(person.name);
    }
    list.replaceChildren(...names.map((name) => {
      const option = document.createElement('option');
      option.value = name;
      return option;
    }));
  };

  const toggle = (entry, on) => {
    if (entry.on === on) return;
    entry.on = on;
    entry.element.classList.toggle('off', !on);
  };

  // The lists that are open only because of a filter.
  const opened = new Set();
  const open = (details) => {
    if (details.open) return;
    details.open = true;
    opened.add(details);
  };

  // itemsOf returns the items about the people whose name contains a text, and shows only these people
  // in lists of names. It returns null for an empty text.
  const itemsOf = (wanted) => {
    if (!wanted && !people) return null;
    const found = new Set();
    for (const [key, person] of allPeople()) {
      const matches = key.includes(wanted);
      if (matches) for (const item of person.items) found.add(item);
      for (const entry of person.entries) {
        toggle(entry, matches);
        if (wanted && matches) open(entry.element.closest('details'));
      }
    }
    return wanted ? found : null;
  };

  const apply = () => {
    const terms = plain(form.elements.search.value).split(' ').filter(Boolean);
    const wantedPerson = plain(form.elements.person.value);
    const chosen = [...form.querySelectorAll('select')].filter((s) => s.value).map((s) => [s.name, s.value]);
    const danger = form.elements.danger.checked;
    const active = terms.length > 0 || wantedPerson !== '' || chosen.length > 0 || danger;
    const about = itemsOf(wantedPerson);
    for (const group of groups.values()) group.shown = 0;
    let shown = 0;
    for (const item of items) {
      const on = (!danger || item.danger) &&
        chosen.every(([name, value]) => (item.values[name] || '').split(' ').includes(value)) &&
        (!about || about.has(item)) && matches(item, terms);
      toggle(item, on);
      if (!on) continue;
      if (item.counted) shown++;
      for (const group of item.groups) group.shown++;
    }
    for (const group of groups.values()) showGroup(group, active);
    if (!active) {
      for (const details of opened) details.open = false;
      opened.clear();
    }
    shownText.textContent = active ? `${number(shown)} of ${number(total)} shown` : `${number(total)} ${noun}`;
  };

  const matches = (item, terms) => {
    if (terms.length === 0) return true;
    item.text ??= plain(item.element.textContent);
    return terms.every((term) => item.text.includes(term));
  };

  // showGroup hides a group without items, unless it has data-keep, and opens a folded one while a filter is active.
  const showGroup = (group, active) => {
    if (group.total === 0) return;
    toggle(group, group.shown > 0 || 'keep' in group.element.dataset);
    if (group.count) group.count.textContent = active ? `${number(group.shown)} of ${number(group.total)}${group.unit} shown` : group.text;
    if (active && group.shown > 0 && group.element.localName === 'details') open(group.element);
  };

  const decoded = (s) => {
    try {
      return decodeURIComponent(s.replace(/%(?![0-9a-f]{2})/gi, '%25'));
    } catch {
      return s; // not UTF-8
    }
  };

  // target returns the element that the fragment of the URL names, whether it was copied or typed.
  const target = () => {
    const id = location.hash.slice(1);
    const element = id && (document.getElementById(id) || items.find((item) => decoded(item.element.id) === decoded(id))?.element);
    return element || null;
  };

  const clear = () => {
    form.reset();
    apply();
  };

  // reveal opens the target, and clears filters that hide it.
  const reveal = () => {
    const element = target();
    if (!element) return;
    if (element.closest('.off')) clear();
    for (let up = element; up; up = up.parentElement) if (up.localName === 'details') up.open = true;
    element.scrollIntoView({ block: 'start' });
    element.querySelector(':scope > summary')?.focus({ preventScroll: true });
  };

  const openAll = (open) => {
    for (const element of document.querySelectorAll('main details')) if (!element.closest('.off')) element.open = open;
  };

  let closedForPrint = [];
  window.addEventListener('beforeprint', () => {
    closedForPrint = [...document.querySelectorAll('main details:not([open])')];
    for (const element of closedForPrint) element.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const element of closedForPrint) element.open = false;
  });

  form.addEventListener('input', (event) => {
    if (event.target.name === 'person') suggest(plain(event.target.value));
    apply();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.elements.person.addEventListener('focus', () => suggest(plain(form.elements.person.value)));
  form.elements.clear.addEventListener('click', clear);
  form.elements.open.addEventListener('click', () => openAll(true));
  form.elements.close.addEventListener('click', () => openAll(false));
  window.addEventListener('hashchange', reveal);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) setTimeout(reveal); // no hashchange follows
  });

  form.querySelector('details').open = matchMedia('(min-width: 60rem)').matches;
  form.hidden = shownText.hidden = items.length === 0;
  apply();
  reveal();
})();
