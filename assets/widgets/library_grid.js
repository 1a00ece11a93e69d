// The library. Scope: element, props, trigger, watch.
const {make, icon, setText, setAttribute, formatClock, formatCost} = window.seedance;
const MODES = {text: 'Text', frames: 'Frames', references: 'References'};
const root = element.querySelector('.library-grid');
const list = root.querySelector('.lib-cards');
const RESTING = {needs_attention: 'Needs attention', needs_key: 'Needs a key'};
let cards = new Map();   // job_id -> card; kept while it would look the same, so that posters do not load again

function formatAge(created) {
  const then = new Date(created);
  const minutes = Math.floor((Date.now() - then) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  if (minutes < 48 * 60) return 'yesterday';
  return then.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'});
}

// What decides how a card is built; the rest of it is text that is written anew.
function looks({state, is_closed: isClosed, is_missing: isMissing, flag, remote_id: remoteId}) {
  return JSON.stringify([state, isClosed, isMissing, flag, remoteId]);
}

function build(item) {
  const isResting = item.state in RESTING;
  const title = make('span', {class: 'ttl', text: item.prompt || 'Without a prompt'});
  const open = make('button', {type: 'button', class: 'open'}, isResting ? buildRest(item) : buildPoster(item), title);
  const meta = make('span', {class: 'meta'});
  const more = [];
  if (isResting && item.remote_id) more.push(make('span', {class: 'meta', text: `Generation ID ${item.remote_id}`}));
  if (item.flag) more.push(make('span', {class: 'flag'}, icon('warn'), make('span', {text: item.flag})));
  open.onclick = () => {
    props.current = item.job_id;
    markCurrent();
    trigger('open', {job: item.job_id});
  };
  return {node: make('li', {class: 'lib-card'}, open, meta, ...more), open, meta, looks: looks(item)};
}

function buildPoster(item) {
  const image = make('img', {alt: '', loading: 'lazy', decoding: 'async'});
  image.onerror = () => image.remove();
  if (item.poster_url) image.src = item.poster_url;
  const length = make('span', {class: 'dur', text: item.duration_s === null ? '' : formatClock(item.duration_s)});
  const missing = make('span', {class: 'state'}, icon('x'), make('span', {text: 'File missing'}));
  const poster = make('span', {class: 'poster'}, ...(item.poster_url ? [image] : []), item.is_missing ? missing : length);
  poster.classList.toggle('tall', item.height_px > item.width_px);
  poster.classList.toggle('is-missing', item.is_missing);
  return poster;
}

function buildRest({state, is_closed: isClosed}) {
  const words = isClosed ? `${RESTING[state]} · closed` : RESTING[state];
  const badge = make('span', {class: 'badge'}, icon(state === 'needs_key' ? 'key' : 'ask'));
  return make('span', {class: 'poster is-resting'}, badge, make('span', {text: words}));
}

function markCurrent() {
  for (const [id, {node, open}] of cards) {
    node.classList.toggle('is-current', id === props.current);
    setAttribute(open, 'aria-current', id === props.current ? 'true' : null);
  }
}

function draw() {
  const items = props.value || [];
  const before = cards;
  cards = new Map(items.map(item => {
    const known = before.get(item.job_id);
    return [item.job_id, known?.looks === looks(item) ? known : build(item)];
  }));
  for (const item of items) {
    const parts = [MODES[item.mode] ?? item.mode, formatCost(item.cost), formatAge(item.created_at)];
    setText(cards.get(item.job_id).meta, parts.join(' · '));
  }
  const videos = items.filter(({state}) => !(state in RESTING)).length;
  const nodes = [...cards.values()].map(({node}) => node);
  if (nodes.length !== list.children.length || nodes.some((node, index) => list.children[index] !== node)) {
    const focused = [...cards.values()].findIndex(({open}) => open === document.activeElement);
    list.replaceChildren(...nodes);
    nodes[focused]?.querySelector('.open').focus({preventScroll: true});    // moving a card takes the focus off it
  }
  list.hidden = !items.length;
  root.querySelector('.lib-empty').hidden = items.length > 0;
  setText(root.querySelector('.count'), videos === 0 ? '' : videos === 1 ? '1 video' : `${videos} videos`);
  markCurrent();
}

watch('value', draw);
watch('current', markCurrent);
draw();
