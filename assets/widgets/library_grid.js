// The library. Scope: element, props, trigger, watch.
const {make, setText, setAttribute, formatClock, formatCost} = window.seedance;
const MODES = {text: 'Text', frames: 'Frames', references: 'References'};
const root = element.querySelector('.library-grid');
const list = root.querySelector('.lib-cards');
let cards = new Map();   // job_id -> card; kept, so that posters do not load again

function formatAge(created) {
  const then = new Date(created);
  const minutes = Math.floor((Date.now() - then) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  if (minutes < 48 * 60) return 'yesterday';
  return then.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'});
}

function build(item) {
  const image = make('img', {alt: '', loading: 'lazy', decoding: 'async'});
  image.onerror = () => image.remove();
  if (item.poster_url) image.src = item.poster_url;
  const length = make('span', {class: 'dur', text: item.duration_s === null ? '' : formatClock(item.duration_s)});
  const title = make('span', {class: 'ttl', text: item.prompt});
  const poster = make('span', {class: 'poster'}, ...(item.poster_url ? [image] : []), length);
  poster.classList.toggle('tall', item.height_px > item.width_px);
  const open = make('button', {type: 'button', class: 'open'}, poster, title);
  const meta = make('span', {class: 'meta'});
  open.onclick = () => {
    props.current = item.job_id;
    markCurrent();
    trigger('open', {job: item.job_id});
  };
  return {node: make('li', {class: 'lib-card'}, open, meta), open, meta};
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
  cards = new Map(items.map(item => [item.job_id, before.get(item.job_id) ?? build(item)]));
  for (const item of items) {
    const parts = [MODES[item.mode] ?? item.mode, formatCost(item.cost), formatAge(item.created_at)];
    setText(cards.get(item.job_id).meta, parts.join(' · '));
  }
  const nodes = [...cards.values()].map(({node}) => node);
  if (nodes.length !== list.children.length || nodes.some((node, index) => list.children[index] !== node)) {
    list.replaceChildren(...nodes);
  }
  list.hidden = !items.length;
  root.querySelector('.lib-empty').hidden = items.length > 0;
  setText(root.querySelector('.count'), items.length === 0 ? '' : items.length === 1 ? '1 video' : `${items.length} videos`);
  markCurrent();
}

watch('value', draw);
watch('current', markCurrent);
draw();
