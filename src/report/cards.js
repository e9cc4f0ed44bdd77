// The data block, and cards made of it: the same that card.rs and member.rs write.
//
// The first half of the page's script; page.js is the second. Texts become text nodes and
// nothing else. The articles of a story are built when it is opened.
'use strict';
const $ = id => document.getElementById(id);
const data = JSON.parse($('data').textContent);
const { sources, langs, rows } = data;
const PER_PAGE = 25, SINGLES_PER_PAGE = 100;
const MOST_BARS = 62, LEAST_BARS = 14, MOST_SOURCES = 8, MOST_FAMILIES = 60;
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
const lettersOf = text => text.match(/\p{Alphabetic}/gu) || [];
const isRtl = text => {
  const letters = lettersOf(text);
  return 2 * letters.filter(letter => RTL.test(letter)).length > letters.length;
};
// 'auto' goes by the first letter; where most letters say otherwise, it is said.
const direction = text => {
  const first = lettersOf(text)[0];
  const most = isRtl(text);
  return most === (first !== undefined && RTL.test(first)) ? 'auto' : most ? 'rtl' : 'ltr';
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
    class: 'bars', viewBox: `0 0 ${Math.max(counts.length, LEAST_BARS) * 5} 24`, preserveAspectRatio: 'none', role: 'img',
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
  el('h4', { dir: direction(row[TITLE]) }, marked(row[TITLE], title)),
  row[EXCERPT] && el('p', { class: 'text', dir: direction(row[EXCERPT]) }, marked(row[EXCERPT], excerpt)));
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
    el('p', { class: 'title', dir: direction(row[TITLE]) }, linked(row)),
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
        el('h3', { dir: direction(story.title) }, el('a', { href: '#' + story.id }, story.title)),
        lead !== '' && el('p', { class: 'lead', dir: direction(lead) }, lead),
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
