// The library: asks Python for pages of cards and shows them. Scope: element, props, trigger, watch; the library's parts.
const root = element.querySelector('.library-grid');
const list = root.querySelector('.lib-cards');
const more = root.querySelector('.lib-more');
const bin = root.querySelector('.lib-bin');
const picked = new Set();    // ids, in the order in which they were selected
let cards = new Map();       // job_id -> card, in the order shown; kept while it would look the same, so that posters stay
let items = [];
let counts = {found: 0, videos: 0, deleted: 0};
let asked = 0;               // the number of the last question; Python's answer carries that of its own
let applied = 0;
let isAskingMore = false;
let announced = 0;           // the number of the question whose result is to be said aloud
let shownQuery = '';         // what the cards on show were asked by
const questions = new Map(); // number -> query as text
let focusOn = null;          // job_id of a card that is to have the focus once it is there

// -- asking ------------------------------------------------------------------------------------------

// What to list: the head of the library as far as it is shown now, or what follows `after`.
function nextLook(after = null) {
  const query = readQuery();
  asked += 1;
  questions.set(asked, JSON.stringify(query));
  const isSame = questions.get(asked) === shownQuery;
  const {page, at_once: most} = props.limits;
  const limit = after || !isSame ? page : Math.min(most, Math.max(page, items.length));
  return {asked, query, after, limit};
}

function refresh() {
  trigger('look', nextLook());
}

function askAnew() {
  drawTools();
  const look = nextLook();
  announced = look.asked;
  list.setAttribute('aria-busy', 'true');
  trigger('look', look);
}

function askMore() {
  if (isAskingMore || more.hidden) return;
  isAskingMore = true;
  trigger('look', nextLook(items.at(-1).job_id));
}

// -- answers -----------------------------------------------------------------------------------------

function take(page) {
  if (page.asked < applied) return;
  const query = questions.get(page.asked) ?? JSON.stringify(readQuery());
  for (const number of questions.keys()) if (number <= page.asked) questions.delete(number);
  if (page.after === null) items = withTail(page, query === shownQuery);
  else if (items.at(-1)?.job_id === page.after) items = [...items, ...page.items.filter(({job_id: id}) => !cards.has(id))];
  applied = page.asked;
  shownQuery = query;
  ({counts} = page);
  const isAtEnd = page.items.length === 0 || items.length >= counts.found;
  isAskingMore = false;
  draw(isAtEnd);
  if (page.problem) showToast(say(page.problem), null, () => {});
  if (announced && page.asked >= announced) announce();
}

// Python gave no answer: whether a mark was made is not known.
function fail() {
  isAskingMore = false;
  announced = 0;
  list.removeAttribute('aria-busy');
  showToast(t('The library did not answer. Reload the page to see what it holds.'), null, () => {});
}

// A new head keeps what is shown behind it: an answer has one page, or a few.
function withTail(page, isSame) {
  const last = page.items.at(-1)?.job_id;
  const end = isSame && page.items.length < page.counts.found ? items.findIndex(({job_id: id}) => id === last) : -1;
  const known = new Set(page.items.map(({job_id: id}) => id));
  return end < 0 ? page.items : [...page.items, ...items.slice(end + 1).filter(({job_id: id}) => !known.has(id))];
}

function announce() {
  announced = 0;
  setText(root.querySelector('.lib-said'), foundText(counts.found));
}

// -- drawing -----------------------------------------------------------------------------------------

function draw(isAtEnd) {
  const before = cards;
  cards = new Map(items.map(item => [item.job_id, keepOrBuild(before.get(item.job_id), item)]));
  place([...cards.values()].map(({node}) => node), before);
  for (const card of cards.values()) drawMarks(card);
  list.removeAttribute('aria-busy');
  list.hidden = !items.length;
  more.hidden = isAtEnd;
  drawHead();
  drawEmpty();
  markCurrent();
  if (focusOn && cards.has(focusOn)) focusCard(focusOn);
  watcher.unobserve(more);
  watcher.observe(more);    // tells anew whether it is in sight
}

function keepOrBuild(known, item) {
  if (known?.looks !== looks(item)) {
    const card = buildCard(item, actions);
    offerPreview(card);
    return card;
  }
  known.item = item;
  return known;
}

// Moves no card that may stay: moving it would take the focus off it.
function place(nodes, before) {
  const wanted = new Set(nodes);
  const focused = [...before.values()].find(({node}) => node.contains(document.activeElement));
  for (const node of [...list.children]) if (!wanted.has(node)) node.remove();
  let next = list.firstElementChild;
  for (const node of nodes) {
    if (node === next) next = next.nextElementSibling;
    else list.insertBefore(node, next);
  }
  const moved = focused && cards.get(focused.item.job_id);
  if (moved && !moved.node.contains(document.activeElement)) moved.open.focus({preventScroll: true});
}

function drawMarks({item, meta, star, pick}) {
  setText(meta, metaText(item));
  if (star) setAttribute(star, 'aria-pressed', String(item.is_favourite));
  if (pick) pick.checked = picked.has(item.job_id);
}

function drawHead() {
  const query = JSON.parse(shownQuery || '{}');
  const isWhole = !isFiltered(query) && !query.deleted;
  setText(root.querySelector('.count'), isWhole ? videosText(counts.videos) : foundText(counts.found));
  tools.hidden = isWhole && counts.found === 0;
  drawTools();
  const group = root.querySelector('.picked');
  group.hidden = picked.size === 0 || view.deleted;
  setText(group.querySelector('b'), t('{count} selected', {count: picked.size}));
  const compare = group.querySelector('.compare-picked');
  compare.disabled = picked.size !== 2;
  setAttribute(compare, 'title', picked.size === 2 ? null : t('Select two videos to compare them'));
  bin.hidden = view.deleted || counts.deleted === 0;
  setText(bin, t('Recently deleted: {count}', {count: counts.deleted}));
}

function drawEmpty() {
  const query = JSON.parse(shownQuery || '{}');
  const empty = root.querySelector('.lib-empty');
  const clear = empty.querySelector('button');
  empty.hidden = items.length > 0;
  clear.hidden = !isFiltered(query);
  const words = isFiltered(query) ? t('No video matches.')
    : query.deleted ? t('Nothing was deleted in the last 24 hours.')
      : t('No videos yet. The first one appears here when it is ready.');
  setText(empty.querySelector('span'), words);
}

function markCurrent() {
  for (const [id, {node, open}] of cards) {
    node.classList.toggle('is-current', id === props.current);
    setAttribute(open, 'aria-current', id === props.current ? 'true' : null);
  }
}

function focusCard(id) {
  focusOn = null;
  cards.get(id).open.focus();
}

// -- what a person can do ----------------------------------------------------------------------------

const actions = {
  open(id) {
    props.current = id;
    markCurrent();
    window.seedance.videoAsked.ask(() => trigger('open', {job: id}));
  },
  pick(id, isPicked) {
    if (isPicked) picked.add(id);
    else picked.delete(id);
    drawHead();
  },
  favourite(id, isOn) {
    change(id, {is_favourite: isOn});
    trigger('favourite', {job: id, on: isOn, look: nextLook()});
  },
  discard(id) {
    const focusAfter = neighbour(id);
    takeOut(id);
    trigger('discard', {job: id, look: nextLook()});
    const back = () => { focusOn = id; trigger('restore', {job: id, look: nextLook()}); };
    showToast(t('Deleted. You can bring it back for 24 hours.'), back, focusAfter);
  },
  restore(id) {
    const focusAfter = neighbour(id);
    takeOut(id);
    trigger('restore', {job: id, look: nextLook()});
    showToast(t('Restored.'), null, focusAfter);
    focusAfter();
  },
  showChildren(id, prompt) {
    clearFilters();
    Object.assign(view, {deleted: false, parent: id, parentPrompt: prompt});
    askAnew();
    viewLine.querySelector('button').focus();
  },
};

// Shown at once; Python's answer says whether it holds.
function change(id, marks) {
  items = items.map(item => (item.job_id === id ? {...item, ...marks} : item));
  draw(more.hidden);
}

function takeOut(id) {
  endPreview();
  items = items.filter(({job_id: other}) => other !== id);
  picked.delete(id);
  counts = {...counts, found: counts.found - 1};
  draw(more.hidden);
}

// Returns what puts the focus on the card behind this one, else before it, else on what is left.
function neighbour(id) {
  const ids = [...cards.keys()];
  const at = ids.indexOf(id);
  const next = ids[at + 1] ?? ids[at - 1];
  return () => {
    if (cards.has(next)) focusCard(next);
    else [viewLine.querySelector('button'), searchField, bin].find(node => node.checkVisibility())?.focus();
  };
}

// What came in stands first in the whole library, newest first: shown there, and opened.
function showImported(id) {
  clearFilters();
  view.deleted = false;
  drawTools();
  refresh();
  actions.open(id);
}

const watcher = new IntersectionObserver(
  entries => { if (entries.some(({isIntersecting}) => isIntersecting)) askMore(); },
  {rootMargin: '800px 0px'},
);
more.onclick = askMore;
root.querySelector('.compare-picked').onclick = () => trigger('compare', {jobs: [...picked]});
root.querySelector('.unpick').onclick = () => {
  picked.clear();
  for (const card of cards.values()) drawMarks(card);
  drawHead();
  list.querySelector('.pick input')?.focus();
};
bin.onclick = () => {
  clearFilters();
  view.deleted = true;
  askAnew();
  viewLine.querySelector('button').focus();
};
root.querySelector('.lib-empty button').onclick = () => {
  clearFilters();
  askAnew();
  searchField.focus();
};
listenToTools(askAnew);
listenToImports(showImported);
Object.assign(window.seedance, {refreshLibrary: refresh, libraryFailed: fail});
watch('value', () => { if (props.value) take(props.value); });
watch('current', markCurrent);
if (props.value) take(props.value);
else draw(true);
