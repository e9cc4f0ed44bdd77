// Search, filters and pages over the stories in the data block.
//
// Without this script the page shows its largest stories as they were written. With it, cards
// are built from the data, a page of them at a time; the articles of a story when it is opened.
// Texts become text nodes and nothing else. What is chosen stands in the fragment of the URL:
// #q=زلزال&lang=ar&source=...&from=2026-03-01&to=...&size=3&sort=new&flag=1&page=2&open=1, or
// #s176eb2adb227ee8d for one story.
'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const { sources, langs, rows } = data;
  const PER_PAGE = 25, SINGLES_PER_PAGE = 100;
  const MOST_BARS = 62, MOST_SOURCES = 8, MOST_FAMILIES = 60;
  const TITLE = 0, SOURCE = 1, LANG = 2, DAY = 3, DATE = 4, ID = 5, ROLE = 6, SCORE = 7, EXCERPT = 8, NEAR = 9;
  const COPY = 2;
  const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
  const names = ['id', 'title', 'size', 'sources', 'independent', 'first', 'last', 'keywords', 'weakest', 'mean', 'barely'];
  let next = 0;
  const stories = data.stories.map((cells, number) => {
    const story = Object.fromEntries(names.map((name, i) => [name, cells[i]]));
    story.number = number;
    story.from = next;
    next += story.size;
    story.to = next;
    return story;
  });
  const firstSingle = next;
  const byId = new Map(stories.map(story => [story.id, story]));

  // Small helpers.

  const SVG = 'http://www.w3.org/2000/svg';
  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false));
    return node;
  };
  const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  const thousands = n => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  const counted = (n, one, many) => thousands(n) + ' ' + (n === 1 ? one : many);
  const decimals = n => (n / 1000).toFixed(3);
  const iso = day => {
    const date = new Date(day * 864e5);
    return isNaN(date) ? '' : date.toISOString().slice(0, 10);
  };
  const dayOf = text => {
    const time = Date.parse(text + 'T00:00:00Z');
    return isNaN(time) ? null : Math.floor(time / 864e5);
  };
  const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

  // Cards: the same that card.rs writes.

  const brief = date =>
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(date) ? date.slice(0, 10) + ' ' + date.slice(11, 16) : date;
  const dayShown = date => {
    const short = brief(date);
    return short.length === 16 && short !== date ? short.slice(0, 10) : short;
  };
  const saidDays = (first, last) => {
    if (first === null || last === null) return 'undated';
    const [from, to] = [dayShown(first), dayShown(last)];
    return from === to ? from : from + ' – ' + to;
  };
  const isRtl = text => {
    const letter = text.match(/\p{Alphabetic}/u);
    return letter !== null && RTL.test(letter[0]);
  };

  const bars = days => {
    if (days.length === 0) return null;
    let from = data.first, to = data.last;
    if (to - from >= MOST_BARS) {
      from = days.reduce((a, b) => Math.min(a, b));
      to = days.reduce((a, b) => Math.max(a, b));
    }
    const each = Math.floor((to - from) / MOST_BARS) + 1;
    const counts = new Array(Math.floor((to - from) / each) + 1).fill(0);
    for (const day of days) counts[Math.floor((day - from) / each)] += 1;
    const highest = Math.max(...counts);
    const busiest = iso(from + counts.indexOf(highest) * each);
    return svg('svg', {
      class: 'bars', viewBox: `0 0 ${counts.length * 5} 24`, preserveAspectRatio: 'none', role: 'img',
      'aria-label': `Articles by day: most, ${highest}, on ${busiest}`,
    }, counts.map((n, i) => {
      const height = n === 0 ? 1 : Math.max(3, Math.ceil(22 * n / highest));
      return svg('rect', { class: n === 0 && 'none', x: i * 5, y: 24 - height, width: 4, height },
        svg('title', {}, iso(from + i * each) + ': ' + counted(n, 'article', 'articles')));
    }));
  };

  const linked = row => {
    const title = row[TITLE] || '(no words)';
    return /^https?:\/\//.test(row[ID]) ? el('a', { href: row[ID], rel: 'noopener noreferrer' }, title) : title;
  };
  const by = row => [
    row[SOURCE] >= 0 && el('bdi', { class: 'source' }, sources[row[SOURCE]]),
    row[DATE] !== '' && el('time', { title: row[DATE] }, el('bdi', {}, brief(row[DATE]))),
  ];
  const marked = (text, places) => {
    const parts = [];
    let at = 0;
    for (let i = 0; i < places.length; i += 2) {
      const start = at + places[i];
      parts.push(text.slice(at, start));
      at = start + places[i + 1];
      parts.push(el('mark', {}, text.slice(start, at)));
    }
    parts.push(text.slice(at));
    return parts;
  };
  const storyOf = row => {
    if (row >= firstSingle) return null;
    let low = 0, high = stories.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stories[middle].to <= row) low = middle + 1; else high = middle;
    }
    return stories[low];
  };
  const side = (row, title, excerpt, story) => el('div', { class: 'side' },
    el('p', { class: 'facts', dir: 'ltr' }, by(row), story && el('a', { href: '#' + story.id }, 'its story')),
    el('h4', { dir: 'auto' }, marked(row[TITLE], title)),
    row[EXCERPT] && el('p', { dir: 'auto' }, marked(row[EXCERPT], excerpt)));
  const nearest = (story, row) => {
    const [at, score, words, ownTitle, ownExcerpt, otherTitle, otherExcerpt] = row[NEAR];
    const other = rows[at];
    const elsewhere = at < story.from || at >= story.to;
    const its = elsewhere ? storyOf(at) : null;
    const details = el('details', { class: 'near' }, el('summary', {},
      'Nearest ', el('span', { class: 'score' }, decimals(score)),
      other[SOURCE] >= 0 && [' ', el('bdi', { class: 'source' }, sources[other[SOURCE]])],
      elsewhere && [' ', el('span', { class: 'role' }, its ? 'another story' : 'single')],
      words.flatMap(word => [' ', el('bdi', { class: 'word' }, word)])));
    lazily(details, () => [el('div', { class: 'compare' },
      side(row, ownTitle, ownExcerpt, null),
      side(other, otherTitle, otherExcerpt, its))]);
    return details;
  };
  // Puts the content of a <details> there when it is first opened.
  const lazily = (details, content) => {
    const build = () => {
      if (content === null) return;
      details.append(...content());
      content = null;
    };
    details.fillUp = build;
    details.addEventListener('toggle', () => { if (details.open) build(); });
  };
  const member = (story, at, copies) => {
    const row = rows[at];
    const weakest = story.weakest === at && (story.barely || story.size > 2);
    const line = el('div', { class: 'line' },
      el('p', { class: 'title', dir: 'auto' }, linked(row)),
      el('p', { class: 'facts', dir: 'ltr' },
        el('span', { class: 'score', title: 'Score to the representative' }, row[SCORE] === null ? '–' : decimals(row[SCORE])),
        by(row),
        el('bdi', { class: 'id' }, row[ID]),
        row[ROLE] !== 1 && el('span', { class: 'role' }, row[ROLE] === 0 ? 'representative' : 'copy'),
        weakest && el('span', { class: 'role weak' }, 'weakest link')));
    let folded = null;
    if (copies.length > 0) {
      const by = [...new Set(copies.map(copy => rows[copy][SOURCE]).filter(source => source >= 0))];
      folded = el('details', { class: 'copies' }, el('summary', {},
        counted(copies.length, 'copy', 'copies'), by.length > 0 && ': ',
        by.flatMap((source, i) => [i > 0 && ', ', el('bdi', {}, sources[source])])));
      lazily(folded, () => [el('ol', { class: 'rows' }, copies.map(copy => member(story, copy, [])))]);
    }
    return el('li', { class: 'row' }, line, row[NEAR] && nearest(story, row), folded);
  };
  const familiesOf = story => {
    const families = [];
    for (const row of range(story.from, story.to)) {
      if (rows[row][ROLE] === COPY && families.length > 0) families[families.length - 1][1].push(row);
      else families.push([row, []]);
    }
    return families;
  };
  const sourceNames = story => {
    const counts = new Map();
    for (const row of range(story.from, story.to)) {
      const source = rows[row][SOURCE];
      if (source >= 0) counts.set(source, (counts.get(source) || 0) + 1);
    }
    const more = counts.size - MOST_SOURCES;
    return el('p', { class: 'names' },
      [...counts].slice(0, MOST_SOURCES).map(([source, n]) => el('span', {}, el('bdi', {}, sources[source]),
        n > 1 && [' ', el('bdi', { class: 'times' }, '×' + n)])),
      more > 0 && el('span', { dir: 'ltr' }, `and ${more} more`));
  };
  const card = story => {
    const families = familiesOf(story);
    const copies = story.size - families.length;
    const own = range(story.from, story.to);
    const lead = rows[story.from][EXCERPT];
    const spoken = [...new Set(own.map(row => rows[row][LANG]).filter(lang => lang >= 0))].sort((a, b) => a - b);
    const list = el('details', { class: 'members' }, el('summary', {},
      counted(story.size, 'article', 'articles') +
      (copies > 0 ? `: ${counted(families.length, 'text', 'texts')}, ${counted(copies, 'copy', 'copies')}` : '')));
    lazily(list, () => {
      const some = families.slice(0, MOST_FAMILIES), rest = families.slice(MOST_FAMILIES);
      const items = el('ol', { class: 'rows' }, some.map(([row, copies]) => member(story, row, copies)));
      if (rest.length === 0) return [items];
      const more = el('button', { type: 'button', class: 'more' }, 'Show ' + counted(rest.length, 'more text', 'more texts'));
      more.addEventListener('click', () => {
        items.append(...rest.map(([row, copies]) => member(story, row, copies)));
        items.children[MOST_FAMILIES].querySelector('summary, a')?.focus();
        more.remove();
      });
      return [items, more];
    });
    return el('article', { class: 'story', id: story.id },
      el('div', { class: 'head' },
        el('div', { class: 'words', dir: isRtl(story.title) && 'rtl' },
          el('h3', { dir: 'auto' }, el('a', { href: '#' + story.id }, story.title)),
          lead !== '' && el('p', { class: 'lead', dir: 'auto' }, lead),
          el('p', { class: 'meta' },
            el('span', { class: 'size', dir: 'ltr' }, counted(story.size, 'article', 'articles')),
            el('span', { dir: 'ltr' }, story.sources === 0 ? 'no source named'
              : `${counted(story.sources, 'source', 'sources')}, ${story.independent} independent`),
            spoken.map(lang => el('span', { class: 'lang', dir: 'ltr' }, langs[lang]))),
          story.sources > 0 && sourceNames(story),
          story.keywords.length > 0 && el('ul', { class: 'keys', 'aria-label': 'Keywords' },
            story.keywords.map(word => el('li', { dir: 'auto' }, word)))),
        el('figure', { class: 'time', dir: 'ltr' },
          bars(own.map(row => rows[row][DAY]).filter(day => day !== null)),
          el('figcaption', {}, saidDays(story.first, story.last)))),
      story.barely === 1 && el('p', { class: 'flag' }, el('strong', {}, 'Weakest link'), ' ',
        el('span', { dir: 'ltr' }, `mean ${decimals(story.mean)} to the rest, threshold ${data.threshold}:`), ' ',
        el('bdi', {}, rows[story.weakest][TITLE])),
      list);
  };

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
      el('p', { class: 'title', dir: 'auto' }, linked(rows[at])),
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
})();
