// The reference tray. Scope: element, props, trigger, watch, and reference_card.js before it. Files are uploaded one after
// the other, in the order chosen, so that a tag never changes its meaning because a later file was faster.
const NOUNS = {image: ['image', 'images'], video: ['video', 'videos'], audio: ['audio file', 'audio files']};
const root = element.querySelector('.reference-tray');
const list = root.querySelector('.tray');
const picker = root.querySelector('input[type=file]');
const live = root.querySelector('[aria-live]');
let cards = [];         // in tray order; {state: 'waiting' | 'uploading' | 'ready' | 'failed', kind, name, tag, …}
let isUploading = false;

// An update that reaches Gradio before the tab was first opened replaces all props: any may be missing.
function limits() {
  return props.limits ?? JSON.parse(list.dataset.limits);
}

// ---- order, tags, value

function readyCards(kind) {
  return cards.filter(card => card.state === 'ready' && (!kind || card.kind === kind));
}

function tagCards() {
  cards.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  for (const kind of KINDS) {
    readyCards(kind).forEach((card, index) => {
      card.number = index + 1;
      card.tag = `@${kind[0].toUpperCase()}${kind.slice(1)}${card.number}`;
    });
  }
}

// What makes it the same file or link, wherever it stands.
function keyOf(card) {
  return card.path ?? card.link;
}

function showReferences() {
  window.seedance.references = readyCards()
    .map(card => ({tag: card.tag, kind: card.kind, name: card.name, url: card.preview, key: keyOf(card)}));
}

function draw() {
  tagCards();
  showReferences();
  cards.forEach(drawCard);
  const nodes = cards.map(card => card.node);
  if (nodes.some((node, index) => list.children[index] !== node) || list.children.length > nodes.length) {
    list.replaceChildren(...nodes);
  }
  drawTally();
  root.classList.toggle('is-empty', !cards.length);
}

function wireOf(card) {
  return card.link ? {url: card.link, kind: card.kind} : fileData(card);
}

// Gradio fires `change` by itself when the value differs.
function publish() {
  draw();
  props.value = readyCards().map(wireOf);
}

// Runs a change of the order and tells Python which tags mean another file now.
function rearrange(change) {
  const before = readyCards().map(card => ({card, kind: card.kind, from: card.number}));
  change();
  tagCards();
  const moves = before
    .map(({card, kind, from}) => ({kind, from, to: cards.includes(card) && card.kind === kind ? card.number : null}))
    .filter(({from, to}) => from !== to);
  publish();
  if (moves.length) trigger('renumber', {moves});
}

function move(card, step) {
  const peers = readyCards(card.kind);
  const other = peers[peers.indexOf(card) + step];
  if (!other) return;
  const before = card.tag;
  rearrange(() => {
    const [a, b] = [cards.indexOf(card), cards.indexOf(other)];
    [cards[a], cards[b]] = [other, card];
  });
  const same = card.parts[step < 0 ? 'earlier' : 'later'];
  (same.disabled ? card.parts[step < 0 ? 'later' : 'earlier'] : same).focus();
  setText(live, `${before} is now ${card.tag}.`);
}

function remove(card) {
  const index = cards.indexOf(card);
  card.controller.abort();
  const told = `${card.state === 'ready' ? card.tag : card.name} was removed.`;
  rearrange(() => cards.splice(index, 1));
  if (card.preview?.startsWith('blob:')) URL.revokeObjectURL(card.preview);
  const next = cards[Math.min(index, cards.length - 1)];
  (next ? next.parts.remove : root.querySelector('.add-files')).focus();
  setText(live, told);
}

function changeKind(card, kind) {
  const before = card.tag;
  rearrange(() => {
    card.kind = kind;
    cards.push(...cards.splice(cards.indexOf(card), 1));
  });
  card.parts.kind.focus();
  setText(live, `${before} is now ${card.tag}.`);
}

// ---- adding files

function addFiles(files) {
  const added = files.map(newCard);
  cards.push(...added);
  refuseTooMany();
  draw();
  setText(live, added.length === 1 ? `Adding ${added[0].name}.` : `Adding ${added.length} files.`);
  uploadNext();
}

function newCard(file) {
  const kind = kindOf(file);
  const card = {
    kind: kind ?? 'audio', name: file.name, mime: file.type, file, state: 'waiting', controller: new AbortController(),
    preview: kind ? URL.createObjectURL(file) : null,
  };
  if (!kind) fail(card, `${file.name} is not an image, a video or an audio file.`, false);
  return build(card);
}

function newLink(url, kind) {
  const read = readLink(url);
  return build({
    link: url, kind: kind ?? read.kind ?? 'image', isOfAnyKind: !read.kind, name: read.name, state: 'ready',
    controller: new AbortController(),
  });
}

// Links are there at once; a card's sentence about its form comes from Python, like that of a file.
function addLinks(urls) {
  const added = urls.map(url => newLink(url));
  cards.push(...added);
  refuseTooMany();
  publish();
  const told = added.map(card => card.problem ?? `${card.name} is ${card.tag}.`);
  setText(live, told.join(' '));
}

function refuseTooMany() {
  for (const kind of KINDS) {
    const limit = limits()[kind];
    cards.filter(card => card.kind === kind && card.state !== 'failed').slice(limit).forEach(card => {
      fail(card, `The tray holds ${limit} ${NOUNS[kind][1]}. ${card.name} was not added.`, false);
    });
  }
}

function fail(card, sentence, mayRetry) {
  Object.assign(card, {state: 'failed', problem: sentence, mayRetry});
}

async function uploadNext() {
  const card = cards.find(({state}) => state === 'waiting');
  if (isUploading || !card) return;
  isUploading = true;
  card.state = 'uploading';
  drawCard(card);
  const onProgress = part => { card.progress = part; drawCard(card); };
  const settle = await uploadFile(card.file, {signal: card.controller.signal, onProgress})
    .then(uploaded => () => accept(card, uploaded), error => () => refuse(card, error));
  isUploading = false;
  settle();
  uploadNext();
}

function accept(card, {path, url}) {
  if (!cards.includes(card)) return;
  Object.assign(card, {path, url, state: 'ready', problem: null});
  tagCards();
  // What Python said of this tag holds until it speaks again; an equal answer would not be told to us.
  Object.assign(card, {facts: props.facts?.[card.tag], problem: props.problems?.[card.tag]});
  publish();
  setText(live, `${card.name} is ${card.tag}.`);
}

function refuse(card, error) {
  if (!cards.includes(card)) return;
  fail(card, error.message, error.status !== 413);
  draw();
  setText(live, error.message);
}

function retry(card) {
  Object.assign(card, {state: 'waiting', problem: null, progress: null, controller: new AbortController()});
  draw();
  card.parts.remove.focus();
  uploadNext();
}

// ---- the whole

function drawTally() {
  const count = kind => readyCards(kind).length;
  const counted = KINDS.filter(count)
    .map(kind => `${count(kind)} of ${limits()[kind]} ${kind === 'audio' ? 'audio' : NOUNS[kind][1]}`);
  const room = KINDS.map(kind => `${limits()[kind]} ${kind === 'audio' ? 'audio' : NOUNS[kind][1]}`);
  setText(root.querySelector('.tally'), counted.length ? counted.join(' · ') : `Up to ${room.join(' · ')}`);
}

// ---- what Python says

function readValue() {
  const known = readyCards();
  // A card that shows this item already, each at most once: the same link may stand here twice.
  const take = item => {
    const index = known.findIndex(card => keyOf(card) === (item.path ?? item.url) && (card.path || card.kind === item.kind));
    return index < 0 ? null : known.splice(index, 1)[0];
  };
  const ready = (props.value || []).map(item => take(item) ?? (item.path ? oldFile(item) : newLink(item.url, item.kind)));
  cards = [...ready, ...cards.filter(card => card.state !== 'ready')];
  readNotes();
}

function oldFile({path, url, orig_name: name, mime_type: mime}) {
  const kind = kindOf({type: mime, name: name || path}) ?? 'image';
  return build({kind, name, mime, path, url, preview: url, state: 'ready', controller: new AbortController()});
}

function readNotes() {
  tagCards();
  for (const card of readyCards()) Object.assign(card, {facts: props.facts?.[card.tag], problem: props.problems?.[card.tag]});
  draw();
}

root.querySelector('.add-files').onclick = () => picker.click();
picker.onchange = () => {
  addFiles([...picker.files]);
  picker.value = '';
};
addLinkField(root.querySelector('.add-link'), root.querySelector('.link-field'), 'Link to an image, a video or audio',
  url => addLinks([url]));
onDrop(root, addFiles);
onPaste(root, addFiles);
onPasteLinks(root, addLinks);
document.addEventListener('seedance:declined', function listen() {
  if (root.isConnected) draw();
  else document.removeEventListener('seedance:declined', listen);
});
watch('value', readValue);
watch(['facts', 'problems', 'limits', 'fixes'], readNotes);
readValue();
