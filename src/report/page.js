// Search, filters and pages over the stories in the data block.
//
// Without this script the page shows its largest stories as they were written. With it, cards
// are built from the data (cards.js), a page of them at a time. What is chosen stands in the fragment of the URL:
// #q=زلزال&lang=ar&source=...&from=2026-03-01&to=...&size=3&sort=new&flag=1&page=2&open=1, or
// #s176eb2adb227ee8d for one story.

// What is chosen, in the form and in the fragment.

const form = $('filters');
const fields = ['q', 'from', 'to', 'source', 'lang', 'size', 'sort', 'flag'];
let chosen = {};
const readFragment = () => {
  const fragment = location.hash.slice(1);
  if (byId.has(fragment)) return { story: fragment };
  const read = {};
  try {
    const given = new URLSearchParams(fragment);
    for (const name of [...fields, 'page', 'singles', 'open']) {
      const value = given.get(name);
      if (value) read[name] = value;
    }
  } catch { /* No fragment of ours. */ }
  return read;
};
const showForm = () => {
  for (const name of fields) {
    const field = form.elements[name];
    if (field.type === 'checkbox') field.checked = chosen[name] === '1';
    else field.value = chosen[name] || '';
  }
};
const readForm = () => {
  const read = {};
  for (const name of fields) {
    const field = form.elements[name];
    const value = field.type === 'checkbox' ? (field.checked ? '1' : '') : field.value.trim();
    if (value) read[name] = value;
  }
  return read;
};
const writeFragment = () => {
  const fragment = chosen.story || new URLSearchParams(chosen).toString();
  if (location.hash.slice(1) === fragment) return;
  try {
    history.replaceState(null, '', '#' + fragment);
  } catch { /* Some viewers allow no history: the view is right all the same. */ }
};

// Spellings of one word are one, as far as a search needs it.
const fold = text => text.normalize('NFKD').toLowerCase()
  .replace(/[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]/g, '')
  .replace(/[أإآٱ]/g, 'ا').replace(/[ىی]/g, 'ي').replace(/ة/g, 'ه').replace(/ک/g, 'ك')
  .replace(/[٠-٩]/g, digit => digit.charCodeAt(0) - 0x660)
  .replace(/[۰-۹]/g, digit => digit.charCodeAt(0) - 0x6f0);
const haystack = (thing, from, to, more) => {
  if (thing.hay === undefined) {
    const found = new Set(more);
    for (const row of range(from, to)) {
      found.add(rows[row][TITLE]);
      found.add(rows[row][ID]);
      if (rows[row][SOURCE] >= 0) found.add(sources[rows[row][SOURCE]]);
    }
    thing.hay = fold([...found].join('\n'));
  }
  return thing.hay;
};

const filtered = () => {
  if (chosen.story) return { stories: [byId.get(chosen.story)], singles: [] };
  const terms = fold(chosen.q || '').split(/\s+/).filter(Boolean);
  const from = chosen.from ? dayOf(chosen.from) : null, to = chosen.to ? dayOf(chosen.to) : null;
  const source = chosen.source ? sources.indexOf(chosen.source) : null;
  const lang = chosen.lang ? langs.indexOf(chosen.lang) : null;
  const size = Number(chosen.size) || 0;
  const ofArticles = from !== null || to !== null || source !== null || lang !== null;
  const fits = row => (source === null || row[SOURCE] === source) && (lang === null || row[LANG] === lang) &&
    ((from === null && to === null) || (row[DAY] !== null && (from === null || row[DAY] >= from) && (to === null || row[DAY] <= to)));
  const someFits = story => {
    for (let row = story.from; row < story.to; row += 1) if (fits(rows[row])) return true;
    return false;
  };
  const found = stories.filter(story => story.size >= size &&
    (!chosen.flag || story.barely === 1) &&
    (!ofArticles || someFits(story)) &&
    (terms.length === 0 || terms.every(term => haystack(story, story.from, story.to, [story.title, ...story.keywords]).includes(term))));
  // Equal ones stay in the order of size.
  const days = story => rows.slice(story.from, story.to).map(row => row[DAY]).filter(day => day !== null);
  const keys = {
    new: story => -days(story).reduce((a, b) => Math.max(a, b), -1e9),
    old: story => days(story).reduce((a, b) => Math.min(a, b), 1e9),
    independent: story => -story.independent,
    weak: story => story.mean,
  };
  const key = Object.hasOwn(keys, chosen.sort || '') ? keys[chosen.sort] : () => 0;
  const ordered = found.map(story => [key(story), story])
    .sort((a, b) => a[0] - b[0] || a[1].number - b[1].number).map(pair => pair[1]);
  const singles = size > 1 || chosen.flag ? [] : range(firstSingle, rows.length).filter(at => fits(rows[at]) &&
    (terms.length === 0 || terms.every(term => haystack(rows[at], at, at + 1, []).includes(term))));
  return { stories: ordered, singles };
};

// Drawing.

const list = $('list'), pages = $('pages'), singlesBox = $('single-list'), openAll = $('open');
let found = { stories, singles: [] };
const pager = (nav, n, each, page, name, heading) => {
  const last = Math.max(1, Math.ceil(n / each));
  nav.hidden = last === 1;
  const go = (to, text, label) => {
    const button = el('button', { type: 'button', 'aria-label': label }, text);
    if (to < 1 || to > last) button.disabled = true;
    if (to === page && text === String(thousands(to))) button.setAttribute('aria-current', 'page');
    button.addEventListener('click', () => {
      choose({ ...chosen, [name]: to > 1 ? String(to) : undefined });
      $(heading).focus({ preventScroll: true });
      $(heading).scrollIntoView();
    });
    return button;
  };
  const near = [1, page - 2, page - 1, page, page + 1, page + 2, last].filter(p => p >= 1 && p <= last);
  const shown = [...new Set(near)];
  nav.replaceChildren(go(page - 1, '‹ Previous', 'Previous page'),
    ...shown.flatMap((p, i) => [i > 0 && p > shown[i - 1] + 1 ? '…' : '', go(p, String(thousands(p)), 'Page ' + p)]),
    go(page + 1, 'Next ›', 'Next page'));
};
const pageOf = (name, n, each) => Math.min(Math.max(1, Math.floor(Number(chosen[name])) || 1), Math.max(1, Math.ceil(n / each)));
const openIn = node => {
  for (const details of node.querySelectorAll('details')) {
    if (details.fillUp) details.fillUp();
    details.open = true;
  }
  // What was filled may hold others.
  if (node.querySelector('details:not([open])')) openIn(node);
};
const drawStories = () => {
  const n = found.stories.length, page = pageOf('page', n, PER_PAGE);
  const shown = found.stories.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  list.replaceChildren(...shown.map(card));
  const of = n === stories.length ? counted(n, 'story', 'stories') : `${thousands(n)} of ${counted(stories.length, 'story', 'stories')}`;
  const upTo = `: ${thousands((page - 1) * PER_PAGE + 1)} to ${thousands((page - 1) * PER_PAGE + shown.length)}`;
  $('count').replaceChildren(of + (n > PER_PAGE ? upTo : ''),
    chosen.story ? el('button', { type: 'button', class: 'all' }, 'Show all') : '');
  $('count').querySelector('.all')?.addEventListener('click', () => choose({}));
  if (n === 0) list.replaceChildren(el('p', { class: 'empty' }, 'No story fits. Clear some of the filters.'));
  pager(pages, n, PER_PAGE, page, 'page', 'stories-name');
  if (chosen.story || chosen.open) openIn(list);
};
const drawSingles = () => {
  const all = rows.length - firstSingle, n = found.singles.length;
  $('single-count').textContent = `${n === all ? '' : thousands(n) + ' of '}${counted(all, 'article', 'articles')} of no other story`;
  $('singles').hidden = Boolean(chosen.story);
  if (!singlesBox) return;
  singlesBox.hidden = n === 0;
  if (!singlesBox.open) return;
  const page = pageOf('singles', n, SINGLES_PER_PAGE);
  const shown = found.singles.slice((page - 1) * SINGLES_PER_PAGE, page * SINGLES_PER_PAGE);
  singlesBox.querySelector('ol').replaceChildren(...shown.map(at => el('li', { class: 'row' }, el('div', { class: 'line' },
    el('p', { class: 'title', dir: direction(rows[at][TITLE]) }, linked(rows[at])),
    el('p', { class: 'facts', dir: 'ltr' }, by(rows[at]), el('bdi', { class: 'id' }, rows[at][ID]))))));
  pager($('single-pages'), n, SINGLES_PER_PAGE, page, 'singles', 'singles-name');
};
const draw = () => {
  found = filtered();
  drawStories();
  drawSingles();
  openAll.textContent = 'Open all';
};
const choose = to => {
  chosen = Object.fromEntries(Object.entries(to).filter(pair => pair[1]));
  writeFragment();
  showForm();
  draw();
};

// Set up.

const language = code => {
  try {
    const name = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }).of(code);
    return name ? `${name} (${code})` : code;
  } catch { return code; }
};
form.elements.source.append(...sources.map(source => el('option', { value: source }, source)));
form.elements.lang.append(...langs.map(lang => el('option', { value: lang }, language(lang))));
let waiting = 0;
const changed = () => choose(readForm());
form.addEventListener('input', event => {
  clearTimeout(waiting);
  waiting = setTimeout(changed, event.target.name === 'q' ? 200 : 0);
});
form.addEventListener('reset', () => { clearTimeout(waiting); setTimeout(() => choose({}), 0); });
form.addEventListener('submit', event => { event.preventDefault(); clearTimeout(waiting); changed(); });
openAll.addEventListener('click', () => {
  const close = openAll.textContent === 'Close all';
  if (close) for (const details of list.querySelectorAll('details')) details.open = false;
  else openIn(list);
  openAll.textContent = close ? 'Open all' : 'Close all';
});
if (singlesBox) singlesBox.addEventListener('toggle', drawSingles);
addEventListener('hashchange', () => {
  if (['#stories', '#filters', '#singles'].includes(location.hash)) return;
  chosen = readFragment();
  showForm();
  draw();
  if (chosen.story) { $('stories-name').focus({ preventScroll: true }); $('stories').scrollIntoView(); }
});
addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest('input, select, textarea')) return;
  event.preventDefault();
  form.elements.q.focus();
});
chosen = readFragment();
showForm();
draw();
form.hidden = false;
openAll.hidden = false;
