// The reference tray: what is added, uploaded and told by Python. Scope: element, props, watch, and before it
// reference_card.js, reference_order.js and reference_drag.js. Files are uploaded one after the other, in the order
// chosen, so that a tag never changes its meaning because a later file was faster.
const OVERFULL = {
  image: values => t('The tray holds {limit} images. {name} was not added.', values),
  video: values => t('The tray holds {limit} videos. {name} was not added.', values),
  audio: values => t('The tray holds {limit} audio files. {name} was not added.', values),
};
const COUNTED = {
  image: values => t('{count} of {limit} images', values),
  video: values => t('{count} of {limit} videos', values),
  audio: values => t('{count} of {limit} audio', values),
};
const ROOM = {
  image: values => t('{limit} images', values),
  video: values => t('{limit} videos', values),
  audio: values => t('{limit} audio', values),
};
const root = element.querySelector('.reference-tray');
const list = root.querySelector('.tray');
const picker = root.querySelector('input[type=file]');
const live = root.querySelector('[aria-live]');
const undoBar = root.querySelector('.tray-undo');
let cards = [];         // in tray order; {state: 'waiting' | 'uploading' | 'ready' | 'failed', kind, name, tag, …}
let isUploading = false;

// An update that reaches Gradio before the tab was first opened replaces all props: any may be missing.
function limits() {
  return props.limits ?? JSON.parse(list.dataset.limits);
}

// ---- adding files

function addFiles(files) {
  const added = files.map(newCard);
  cards.push(...added);
  refuseTooMany();
  draw();
  setText(live, added.length === 1 ? t('Adding {name}.', added[0]) : t('Adding {count} files.', {count: added.length}));
  uploadNext();
}

function newCard(file) {
  const kind = kindOf(file);
  const card = {
    kind: kind ?? 'audio', name: file.name, mime: file.type, file, state: 'waiting', controller: new AbortController(),
    preview: kind ? URL.createObjectURL(file) : null,
  };
  if (!kind) fail(card, t('{name} is not an image, a video or an audio file.', card), false);
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
  const told = added.map(card => say(card.problem) ?? t('{name} is {tag}.', card));
  setText(live, window.seedance.sentences(...told));
}

function refuseTooMany() {
  for (const kind of KINDS) {
    const limit = limits()[kind];
    cards.filter(card => card.kind === kind && card.state !== 'failed').slice(limit).forEach(card => {
      fail(card, OVERFULL[kind]({limit, name: card.name}), false);
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
  setText(live, t('{name} is {tag}.', card));
}

function refuse(card, error) {
  if (!cards.includes(card)) return;
  fail(card, error.message, error.status !== 413);
  draw();
  setText(live, error.message);
}

function retry(card) {
  Object.assign(card, {state: 'waiting', problem: null, progress: null, controller: new AbortController()});
  cards.push(...cards.splice(cards.indexOf(card), 1));    // last, so that it takes no other card's number
  draw();
  card.parts.remove.focus();
  uploadNext();
}

// ---- the whole

function tellMissingCards() {
  tellMissing('references', root, cards.filter(({state}) => state !== 'ready').map(card => {
    const message = card.problem ?? t('{name} is still uploading.', card);
    return {field: 'references', message, mend: () => leadTo(placeToMend(card), live, say(message))};
  }));
}

function placeToMend({state, mayRetry, parts, node}) {
  return state !== 'failed' ? node : mayRetry ? parts.retry : parts.remove;
}

function drawTally() {
  const count = kind => readyCards(kind).length;
  const say = (words, kind) => words[kind]({count: count(kind), limit: limits()[kind]});
  const counted = KINDS.filter(count).map(kind => say(COUNTED, kind));
  const room = KINDS.map(kind => say(ROOM, kind));
  setText(root.querySelector('.tally'), counted.length ? counted.join(' · ') : t('Up to {room}', {room: room.join(' · ')}));
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
  const isForeign = known.length > 0 || ready.some(card => !cards.includes(card));
  cards = [...ready, ...cards.filter(card => card.state !== 'ready')];
  if (isForeign) forgetOrder();
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

function onPage(type, listener) {
  document.addEventListener(type, function listen() {
    if (root.isConnected) listener();
    else document.removeEventListener(type, listen);
  });
}

root.querySelector('.add-files').onclick = () => picker.click();
picker.onchange = () => {
  addFiles([...picker.files]);
  picker.value = '';
};
undoBar.querySelector('button').onclick = bringBack;
addLinkField(root.querySelector('.add-link'), root.querySelector('.link-field'), t('Link to an image, a video or audio'),
  url => addLinks([url]));
onDrop(root, addFiles);
onPaste(root, addFiles);
onPasteLinks(root, addLinks);
onShown(root, tellMissingCards);
onSort(list);
wireReplace();
onPage('seedance:declined', draw);
onPage('seedance:mentions', () => cards.forEach(drawCard));
watch('value', readValue);
watch(['facts', 'problems', 'limits', 'fixes'], readNotes);
readValue();
