// The reference tray. Scope: element, props, trigger, watch. Files are uploaded one after the other, in the order
// chosen, so that a tag never changes its meaning because a later file was faster.
const {make, icon, setText, setAttribute, formatClock, formatBytes, formatPixels, kindOf, uploadFile, fileData,
  onDrop, onPaste, waveform} = window.seedance;
const KINDS = ['image', 'video', 'audio'];
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

function showReferences() {
  window.seedance.references = readyCards().map(({tag, kind, name, preview}) => ({tag, kind, name, url: preview}));
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

// Gradio fires `change` by itself when the value differs.
function publish() {
  draw();
  props.value = readyCards().map(fileData);
}

// Runs a change of the order and tells Python which tags mean another file now.
function rearrange(change) {
  const before = readyCards().map(card => ({card, kind: card.kind, from: card.number}));
  change();
  tagCards();
  const moves = before
    .map(({card, kind, from}) => ({kind, from, to: cards.includes(card) ? card.number : null}))
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

// ---- one card

function build(card) {
  const button = (attributes, ...children) => make('button', {type: 'button', ...attributes}, ...children);
  const id = `problem-${Math.random().toString(36).slice(2)}`;
  const parts = {
    thumb: make('span', {class: 'thumb'}), length: make('span', {class: 'dur'}), tag: button({class: 'tag'}),
    name: make('span', {class: 'name', text: card.name, title: card.name}), meta: make('span', {class: 'meta'}),
    earlier: button({class: 'act earlier'}, icon('prev')), later: button({class: 'act later'}, icon('next')),
    remove: button({class: 'act remove'}, icon('x')),
    sentence: make('span', {id}), retry: button({class: 'btn small', text: 'Try again'}),
  };
  parts.problem = make('span', {class: 'problem'}, parts.sentence, parts.retry);
  parts.tag.onclick = () => window.seedance.insertTag?.(card.tag);
  parts.earlier.onclick = () => move(card, -1);
  parts.later.onclick = () => move(card, 1);
  parts.remove.onclick = () => remove(card);
  parts.retry.onclick = () => retry(card);
  parts.thumb.append(picture(card), parts.length);
  const node = make('li', {class: 'ref'}, parts.thumb, parts.tag, parts.name, parts.meta, parts.earlier, parts.later,
    parts.remove, parts.problem);
  return Object.assign(card, {parts, node});
}

function picture(card) {
  if (card.kind === 'image' && card.preview) return imagePicture(card);
  if (card.kind === 'video') return videoPicture(card);
  if (card.preview) measureSound(card);
  return waveform();
}

function imagePicture(card) {
  const image = make('img', {alt: '', src: card.preview});
  image.onload = () => measured(card, formatPixels(image.naturalWidth, image.naturalHeight));
  image.onerror = () => image.replaceWith(waveform());
  return image;
}

// A browser plays a playlist whatever its name is, and fetches what stands in it: only real media get a player.
async function playable(card) {
  if (!card.file) return true;    // shown by the server, which has looked into it
  const head = String.fromCharCode(...new Uint8Array(await card.file.slice(0, 12).arrayBuffer()));
  return card.kind === 'video' ? /^.{4}ftyp/s.test(head) : /^(RIFF|ID3|\xff[\xe0-\xff])/.test(head);
}

function videoPicture(card) {
  const video = make('video', {preload: 'metadata', playsinline: '', tabindex: '-1', 'aria-hidden': 'true'});
  video.muted = true;
  video.onloadedmetadata = () => {
    measured(card, formatPixels(video.videoWidth, video.videoHeight), video.duration);
  };
  playable(card).then(may => { if (may) video.src = `${card.preview}#t=0.1`; });    // the first frame is often black
  return video;
}

function measureSound(card) {
  const sound = new Audio();
  sound.preload = 'metadata';
  sound.onloadedmetadata = () => measured(card, `${sound.duration.toFixed(1)}\u00a0s`, sound.duration);
  playable(card).then(may => { if (may) sound.src = card.preview; });
}

function measured(card, text, seconds) {
  Object.assign(card, {measured: text, seconds: Number.isFinite(seconds) ? seconds : null});
  drawCard(card);
}

function metaText(card) {
  if (card.state === 'waiting') return 'Waiting to upload';
  if (card.state === 'uploading') return card.progress ? `Uploading ${Math.round(card.progress * 100)}\u00a0%` : 'Uploading…';
  if (card.state === 'failed') return formatBytes(card.file.size);
  return card.facts ?? card.measured ?? '';
}

function drawCard(card) {
  const {parts, node, state} = card;
  const isReady = state === 'ready';
  const called = isReady ? card.tag : card.name;
  node.dataset.state = state;
  node.classList.toggle('warn', Boolean(card.problem));
  parts.tag.hidden = !isReady;
  setText(parts.tag, called);
  setAttribute(parts.tag, 'aria-label', `Insert ${called} into the prompt`);
  setText(parts.meta, metaText(card));
  parts.length.hidden = !card.seconds;
  setText(parts.length, card.seconds ? formatClock(Math.round(card.seconds)) : '');
  drawActions(card, called);
  parts.problem.hidden = !card.problem;
  setText(parts.sentence, card.problem ?? '');
  parts.retry.hidden = !(state === 'failed' && card.mayRetry);
  setAttribute(parts.tag, 'aria-describedby', card.problem ? parts.sentence.id : null);
}

function drawActions({parts, kind, number, state}, called) {
  const isReady = state === 'ready';
  parts.earlier.disabled = !isReady || number === 1;
  parts.later.disabled = !isReady || number === readyCards(kind).length;
  setAttribute(parts.earlier, 'aria-label', `Move ${called} earlier`);
  setAttribute(parts.later, 'aria-label', `Move ${called} later`);
  setAttribute(parts.remove, 'aria-label', `Remove ${called}`);
}

function drawTally() {
  const count = kind => readyCards(kind).length;
  const counted = KINDS.filter(count)
    .map(kind => `${count(kind)} of ${limits()[kind]} ${kind === 'audio' ? 'audio' : NOUNS[kind][1]}`);
  const room = KINDS.map(kind => `${limits()[kind]} ${kind === 'audio' ? 'audio' : NOUNS[kind][1]}`);
  setText(root.querySelector('.tally'), counted.length ? counted.join(' · ') : `Up to ${room.join(' · ')}`);
}

// ---- what Python says

function readValue() {
  const known = new Map(readyCards().map(card => [card.path, card]));
  const ready = (props.value || []).map(item => known.get(item.path) ?? build({
    kind: kindOf({type: item.mime_type, name: item.orig_name || item.path}) ?? 'image', name: item.orig_name,
    mime: item.mime_type, path: item.path, url: item.url, preview: item.url, state: 'ready',
    controller: new AbortController(),
  }));
  cards = [...ready, ...cards.filter(card => card.state !== 'ready')];
  readNotes();
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
onDrop(root, addFiles);
onPaste(root, addFiles);
watch('value', readValue);
watch(['facts', 'problems', 'limits'], readNotes);
readValue();
