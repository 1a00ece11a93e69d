// The order of the reference tray and what follows from it: tags, the value, the prompt, undo. Scope: props, cards, list,
// live, undoBar, and the functions of reference_card.js and reference_tray.js.
let lastRemoved = null;    // {card, before, after}: the orders around a removal, while it can be taken back in the tray

function readyCards(kind) {
  return cards.filter(card => card.state === 'ready' && (!kind || card.kind === kind));
}

function tagCards() {
  cards.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  for (const kind of KINDS) {
    readyCards(kind).forEach((card, index) => {
      card.number = index + 1;
      card.tag = window.seedance.mentions.tag(kind, card.number);
    });
  }
}

// What makes it the same file or link, wherever it stands.
function keyOf(card) {
  return card.path ?? card.link;
}

function showReferences() {
  window.seedance.references = readyCards().map(card => ({
    tag: card.tag, kind: card.kind, name: card.name, url: card.preview, key: keyOf(card), seconds: card.seconds,
    thumb: () => miniature(card),
  }));
  document.dispatchEvent(new Event('seedance:references'));
}

function draw() {
  tagCards();
  showReferences();
  cards.forEach(drawCard);
  const nodes = cards.map(card => card.node);
  if (nodes.some((node, index) => list.children[index] !== node) || list.children.length > nodes.length) {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    list.replaceChildren(...nodes);
    focused?.focus({preventScroll: true});
  }
  drawTally();
  tellMissingCards();
  root.classList.toggle('is-empty', !cards.length);
  undoBar.hidden = !lastRemoved;
}

function wireOf(card) {
  return card.link ? {url: card.link, kind: card.kind} : fileData(card);
}

// Gradio fires `change` by itself when the value differs.
function publish() {
  draw();
  props.value = readyCards().map(wireOf);
}

// ---- changes that give a card another tag

function orderNow() {
  return readyCards().map(card => ({card, kind: card.kind}));
}

// The cards of `to` in its order, without those that only `from` has; what came since keeps its place behind them.
function arrange(to, from) {
  const [there, gone] = [to, from].map(order => new Set(order.map(({card}) => card)));
  to.forEach(({card, kind}) => { card.kind = kind; });
  cards = [...to.map(({card}) => card), ...cards.filter(card => !there.has(card) && !gone.has(card))];
}

// Runs a change and lets the prompt follow. Returns the orders around it, and whether the prompt changed.
function rearrange(change) {
  const before = orderNow();
  const tags = readyCards().map(card => [card, card.tag]);
  change();
  tagCards();
  const moves = new Map(tags.map(([card, tag]) => [tag, cards.includes(card) ? card.tag : null]).filter(([from, to]) => from !== to));
  const after = orderNow();
  lastRemoved = null;
  const isPromptChanged = window.seedance.prompt.follow({
    rewritten: text => window.seedance.mentions.renumber(text, moves),
    undo: () => takeBack(before, after, t('The change was undone.')),
    redo: () => takeBack(after, before, t('The change was made again.')),
  });
  publish();
  return {before, after, isPromptChanged};
}

function takeBack(to, from, told) {
  lastRemoved = null;
  arrange(to, from);
  publish();
  const back = to.find(({card}) => !from.some(other => other.card === card))?.card;
  if (back && !isInPrompt()) back.parts.tag.focus();
  else if (document.activeElement === document.body) root.querySelector('.add-files').focus();
  setText(live, told);
}

function isInPrompt() {
  return document.activeElement === window.seedance.prompt.box();
}

function forgetOrder() {
  lastRemoved = null;
  window.seedance.prompt.forget();
}

function tell(sentence, isPromptChanged) {
  setText(live, isPromptChanged ? window.seedance.sentences(sentence, t('The prompt was updated.')) : sentence);
}

function moveTo(card, index) {
  const peers = readyCards(card.kind);
  const from = peers.indexOf(card);
  if (from === index || !peers[index]) return;
  const before = card.tag;
  const {isPromptChanged} = rearrange(() => {
    cards.splice(cards.indexOf(card), 1);
    cards.splice(cards.indexOf(peers[index]) + (index > from ? 1 : 0), 0, card);
  });
  tell(t('{before} is now {after}.', {before, after: card.tag}), isPromptChanged);
}

function moveBy(card, step) {
  const focused = document.activeElement;
  moveTo(card, readyCards(card.kind).indexOf(card) + step);
  // The focus stays on the card: a button that has nothing left to do gives it to the other one.
  const way = card.parts[step < 0 ? 'earlier' : 'later'];
  if (focused === way && way.disabled) card.parts[step < 0 ? 'later' : 'earlier'].focus();
}

function remove(card) {
  const index = cards.indexOf(card);
  const {tag, name, state} = card;
  if (state === 'ready') {
    const {before, after, isPromptChanged} = rearrange(() => cards.splice(index, 1));
    lastRemoved = {card, before, after};
    setText(undoBar.querySelector('span'), t('{tag} was removed.', {tag}));
    tell(t('{tag} was removed.', {tag}), isPromptChanged);
  } else {
    card.controller.abort();
    cards.splice(index, 1);
    setText(live, t('{name} was removed.', {name}));
  }
  draw();
  const next = cards[Math.min(index, cards.length - 1)];
  (next ? next.parts.remove : root.querySelector('.add-files')).focus();
}

// The tray's own way back, for whoever has no keyboard: also when text was written since, which then stays.
function bringBack() {
  const {card, before, after} = lastRemoved;
  if (window.seedance.prompt.undo()) return;
  const {isPromptChanged} = rearrange(() => arrange(before, after));
  card.parts.tag.focus();
  tell(t('{name} is {tag}.', card), isPromptChanged);
}

function changeKind(card, kind) {
  const before = card.tag;
  const {isPromptChanged} = rearrange(() => {
    card.kind = kind;
    cards.push(...cards.splice(cards.indexOf(card), 1));
  });
  card.parts.kind.focus();
  tell(t('{before} is now {after}.', {before, after: card.tag}), isPromptChanged);
}
