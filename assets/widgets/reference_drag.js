// Cards of the tray are sorted by hand: dragged with a mouse, or with a finger that rested on them first, so that the
// page can still be scrolled over them; with Alt and the arrow keys. Only among their own kind, since a tag counts within
// its kind. Scope: the functions of reference_order.js.
const HOLD_MS = 350;
const SLACK_PX = {mouse: 5, touch: 10};    // how far a pointer strays before it means it
const EDGE_PX = 64;                        // of the window, where the page scrolls along
const FASTEST_PX = 14;                     // in one frame
let press = null;    // {card, id, x, y, nowX, nowY, scrollY, isTouch, isDragging, timer, index}

function onSort(zone) {
  zone.addEventListener('pointerdown', event => {
    const card = cards.find(({node}) => node.contains(event.target));
    const isMovable = card?.node.classList.contains('movable') && !event.target.closest('button, select, .problem');
    if (press || !isMovable || event.button !== 0) return;
    const {pointerId: id, clientX: x, clientY: y, pointerType} = event;
    press = {card, id, x, y, nowX: x, nowY: y, scrollY, isTouch: pointerType !== 'mouse', isDragging: false, index: null};
    if (press.isTouch) press.timer = setTimeout(lift, HOLD_MS);
    for (const [type, listener] of PRESS_LISTENERS) window.addEventListener(type, listener, true);
  });
  // Before a finger has rested, the browser may scroll; from then on it may not.
  zone.addEventListener('touchmove', event => { if (press?.isDragging) event.preventDefault(); }, {passive: false});
  for (const type of ['dragstart', 'selectstart', 'contextmenu']) {
    zone.addEventListener(type, event => { if (press) event.preventDefault(); });
  }
  zone.addEventListener('keydown', event => {
    const step = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1}[event.key];
    const card = cards.find(({node}) => node.contains(event.target));
    if (!step || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || card?.state !== 'ready') return;
    event.preventDefault();
    moveBy(card, step);
  });
}

const PRESS_LISTENERS = [
  ['pointermove', event => {
    if (event.pointerId !== press.id) return;
    Object.assign(press, {nowX: event.clientX, nowY: event.clientY});
    if (press.isDragging) return follow();
    if (Math.hypot(press.nowX - press.x, press.nowY - press.y) < SLACK_PX[press.isTouch ? 'touch' : 'mouse']) return;
    if (press.isTouch) release();
    else lift();
  }],
  ['pointerup', event => { if (event.pointerId === press.id) drop(); }],
  ['pointercancel', event => { if (event.pointerId === press.id) release(); }],
  ['keydown', event => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    release();
  }],
];

function lift() {
  press.isDragging = true;
  press.card.node.classList.add('dragging');
  list.classList.add('is-sorting');
  follow();
  requestAnimationFrame(scrollAlong);
}

function follow() {
  const {card, x, y, nowX, nowY} = press;
  card.node.style.transform = `translate(${nowX - x}px, ${nowY - y + scrollY - press.scrollY}px)`;
  press.index = aim();
}

// Where the card would land, shown as a line beside the card that it would push on. null: where it was.
function aim() {
  const {card, nowX, nowY} = press;
  const peers = readyCards(card.kind);
  const from = peers.indexOf(card);
  const isInRows = getComputedStyle(list).gridTemplateColumns.split(' ').length === 1;
  const others = peers.filter(peer => peer !== card).map(peer => ({peer, box: peer.node.getBoundingClientRect()}));
  const middle = ({box}) => [box.left + box.width / 2, box.top + box.height / 2];
  const distance = other => Math.hypot(isInRows ? 0 : nowX - middle(other)[0], nowY - middle(other)[1]);
  const near = others.reduce((best, other) => (distance(other) < distance(best) ? other : best));
  const isBefore = isInRows ? nowY < middle(near)[1] : nowX < middle(near)[0];
  const place = others.indexOf(near) + (isBefore ? 0 : 1);
  peers.forEach(({node}) => delete node.dataset.drop);
  if (place === from) return null;
  near.peer.node.dataset.drop = isBefore ? 'before' : 'after';
  return place;
}

function scrollAlong() {
  if (!press?.isDragging) return;
  const bottom = Math.min(innerHeight, document.getElementById('dock')?.getBoundingClientRect().top ?? innerHeight);
  const into = Math.max(0, EDGE_PX - press.nowY) - Math.max(0, press.nowY - bottom + EDGE_PX);
  const before = scrollY;
  if (into) window.scrollBy({top: -Math.sign(into) * Math.min(FASTEST_PX, Math.abs(into) / 4), behavior: 'instant'});
  if (scrollY !== before) follow();
  requestAnimationFrame(scrollAlong);
}

function drop() {
  const {card, index, isDragging} = press;
  release();
  if (isDragging && index !== null) moveTo(card, index);
}

function release() {
  clearTimeout(press.timer);
  press.card.node.classList.remove('dragging');
  press.card.node.style.transform = '';
  list.classList.remove('is-sorting');
  cards.forEach(({node}) => delete node.dataset.drop);
  for (const [type, listener] of PRESS_LISTENERS) window.removeEventListener(type, listener, true);
  press = null;
}
