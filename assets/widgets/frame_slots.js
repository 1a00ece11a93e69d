// Two slots for the first and the last frame. Scope: element, props, watch.
const {t, say, make, icon, setText, setAttribute, formatBytes, formatPixels, kindOf, uploadFile, fileData, onDrop, onPaste,
  onShown, tellMissing, leadTo, readLink, drawnLink, onPasteLinks, addLinkField} = window.seedance;
const NAMES = {first: t('First frame'), last: t('Last frame')};
const WORDS = {
  first: {add: t('Add first frame'), addLink: t('Add link for the first frame'), replace: t('Replace first frame'),
    remove: t('Remove first frame'), link: t('Link to the first frame')},
  last: {add: t('Add last frame'), addLink: t('Add link for the last frame'), replace: t('Replace last frame'),
    remove: t('Remove last frame'), link: t('Link to the last frame')},
};
const root = element.querySelector('.frame-slots');
const live = root.querySelector('[aria-live]');
const swapButton = root.querySelector('.swap');
const slots = Object.fromEntries(Object.keys(NAMES).map(key => [key, buildSlot(key)]));
let shown = {first: null, last: null};   // {name, state: 'uploading' | 'ready' | 'failed', path, url, preview, …}

function buildSlot(key) {
  const node = root.querySelector(`[data-slot=${key}]`);
  const button = (text, ...children) => make('button', {type: 'button', class: 'btn small'}, ...children, text);
  const id = `frame-problem-${Math.random().toString(36).slice(2)}`;
  const slot = {
    key, node, add: button(WORDS[key].add, icon('plus')), addLink: button(t('Add link'), icon('link')),
    field: make('div', {class: 'link-field', hidden: ''}), thumb: make('span', {class: 'thumb'}),
    name: make('span', {class: 'name'}), meta: make('span', {class: 'meta'}), problem: make('span', {class: 'problem', id}),
    fix: button(t('Fix it')),
    flag: make('span', {class: 'flag'}, icon('stop'), t('Declined')), replace: button(t('Replace')), remove: button(t('Remove')),
    retry: button(t('Try again')),
    picker: make('input', {type: 'file', accept: 'image/*', hidden: ''}),
  };
  setAttribute(slot.addLink, 'aria-label', WORDS[key].addLink);
  setAttribute(slot.replace, 'aria-label', WORDS[key].replace);
  setAttribute(slot.remove, 'aria-label', WORDS[key].remove);
  setAttribute(slot.fix, 'aria-label', t('Fix it: {name}', {name: NAMES[key]}));
  setAttribute(slot.fix, 'aria-describedby', id);
  slot.replace.classList.add('replace');
  slot.remove.classList.add('remove');
  const ways = make('span', {class: 'slot-acts'}, slot.add, slot.addLink);
  slot.empty = make('div', {class: 'slot-empty'}, ways, slot.field,
    make('span', {class: 'hint', text: t('Drop or paste an image, or a link')}));
  slot.filled = make('div', {class: 'slot-filled'}, slot.thumb, slot.name, slot.meta, slot.flag, slot.problem,
    make('div', {class: 'slot-acts'}, slot.retry, slot.fix, slot.replace, slot.remove));
  const label = make('span', {class: 'label', text: NAMES[key]});
  if (key === 'last') label.append(make('span', {class: 'hint', text: ` ${t('optional')}`}));
  node.append(label, slot.empty, slot.filled, slot.picker);
  listen(slot);
  return slot;
}

function listen(slot) {
  slot.add.onclick = slot.replace.onclick = () => slot.picker.click();
  slot.picker.onchange = () => {
    fill(slot.key, slot.picker.files[0]);
    slot.picker.value = '';
  };
  slot.remove.onclick = () => clear(slot.key);
  slot.fix.onclick = () => fix(slot);
  slot.retry.onclick = () => fill(slot.key, shown[slot.key].file);
  onDrop(slot.node, files => spread(files, slot.key));
  addLinkField(slot.addLink, slot.field, WORDS[slot.key].link, url => link(slot.key, url));
}

// ---- changes

function fill(key, file) {
  if (!file) return;
  forget(shown[key]);
  const image = kindOf(file) === 'image';
  shown[key] = {
    name: file.name, mime: file.type, file, state: image ? 'uploading' : 'failed', controller: new AbortController(),
    preview: image ? URL.createObjectURL(file) : null, problem: image ? null : t('{name} is not an image.', {name: file.name}),
  };
  publish();
  if (image) upload(shown[key]);
  else setText(live, shown[key].problem);
}

function link(key, url) {
  forget(shown[key]);
  shown[key] = fromLink(url);
  publish();
  slots[key].remove.focus();
  setText(live, t('{frame}: {name} was added.', {frame: NAMES[key], name: shown[key].name}));
}

function fromLink(url) {
  return {name: readLink(url).name, link: url, state: 'ready', controller: new AbortController()};
}

// Several files at once fill the slot they were meant for, then the other.
function spread(files, key) {
  const other = key === 'first' ? 'last' : 'first';
  fill(key, files[0]);
  if (files[1]) fill(other, files[1]);
}

// The slot that has the focus, else a free one.
function pasteTarget() {
  const focused = document.activeElement?.closest?.('.slot')?.dataset.slot;
  const key = root.contains(document.activeElement) && focused ? focused : Object.keys(NAMES).find(free => !shown[free]);
  if (!key) setText(live, t('Both frames are set. Remove one first, then paste again.'));
  return key;
}

function paste(files) {
  const key = pasteTarget();
  if (key) spread(files.slice(0, key === 'first' && !shown.last ? 2 : 1), key);
}

function pasteLinks([url]) {
  const key = pasteTarget();
  if (key) link(key, url);
}

async function upload(frame) {
  const onProgress = part => { frame.progress = part; draw(); };
  const settle = await uploadFile(frame.file, {signal: frame.controller.signal, onProgress})
    .then(({path, url}) => () => Object.assign(frame, {path, url, state: 'ready', problem: null}),
      error => () => Object.assign(frame, {state: 'failed', problem: error.message, mayRetry: error.status !== 413}));
  settle();
  const key = keyOfSlot(frame);
  if (!key) return;
  if (frame.state === 'ready') adopt(key);
  publish();
  setText(live, frame.state === 'ready' ? t('{frame}: {name} was added.', {frame: NAMES[key], name: frame.name}) : frame.problem);
}

function clear(key) {
  forget(shown[key]);
  shown[key] = null;
  publish();
  slots[key].add.focus();
  setText(live, t('{name} was removed.', {name: NAMES[key]}));
}

function swap() {
  shown = {first: shown.last, last: shown.first};
  publish();
  setText(live, t('First and last frame were swapped.'));
}

function fix({key}) {
  const frame = shown[key];
  const {preview, url} = frame;
  const subject = {target: `${key}_frame`, called: NAMES[key], kind: 'image', preview: preview ?? url};
  window.seedance.fixDialogs.frames.open({...subject, swap: file => takeCopy(frame, file)});
}

// Returns the way back.
function takeCopy(frame, file) {
  const copy = fromValue(file);
  return putInPlace(frame, copy) && (() => putInPlace(copy, frame));
}

// Returns whether the old frame was still there.
function putInPlace(old, frame) {
  const key = keyOfSlot(old);
  if (!key) return false;
  shown[key] = frame;
  readNotes();
  publish();
  return true;
}

function keyOfSlot(frame) {
  return Object.keys(NAMES).find(key => shown[key] === frame);
}

function forget(frame) {
  frame?.controller.abort();
  if (frame?.preview?.startsWith('blob:')) URL.revokeObjectURL(frame.preview);
}

// Gradio fires `change` by itself when the value differs.
function publish() {
  const data = frame => (frame.link ? {url: frame.link, kind: 'image'} : fileData(frame));
  const wire = frame => (frame?.state === 'ready' ? data(frame) : null);
  draw();
  props.value = {first: wire(shown.first), last: wire(shown.last)};
}

// ---- drawing

function metaText(frame) {
  if (frame.state === 'uploading') return frame.progress ? t('Uploading {percent}\u00a0%', {percent: Math.round(frame.progress * 100)}) : t('Uploading…');
  if (frame.link) return t('Link');
  if (frame.state === 'failed') return formatBytes(frame.file.size);
  return frame.facts || frame.measured || '';
}

function drawPicture(slot, frame) {
  const shows = frame.link ?? frame.preview ?? '';
  if (slot.thumb.dataset.shows === shows) return;
  slot.thumb.dataset.shows = shows;
  slot.thumb.replaceChildren();
  if (frame.link) return slot.thumb.append(drawnLink(readLink(frame.link).host));
  if (!frame.preview) return;
  const image = make('img', {alt: '', src: frame.preview});
  image.onload = () => {
    frame.measured = formatPixels(image.naturalWidth, image.naturalHeight);
    draw();
  };
  image.onerror = () => image.remove();
  slot.thumb.append(image);
}

// The slot's picture once more, for whoever speaks of it.
function miniature({thumb}) {
  const image = thumb.querySelector('img');
  return image ? make('img', {alt: '', src: image.src}) : icon('link');
}

function drawSlot(slot, frame) {
  setAttribute(slot.node, 'data-state', frame?.state ?? 'empty');
  slot.empty.hidden = Boolean(frame);
  slot.filled.hidden = !frame;
  slot.node.classList.toggle('warn', Boolean(frame?.problem));
  if (!frame) return slot.node.classList.remove('declined');
  drawPicture(slot, frame);
  setText(slot.name, frame.name);
  setText(slot.meta, metaText(frame));
  const isDeclined = keyOf(frame) !== null && keyOf(frame) === window.seedance.declined;
  slot.node.classList.toggle('declined', isDeclined);
  slot.flag.hidden = !isDeclined;
  setText(slot.problem, say(frame.problem ?? ''));
  slot.fix.hidden = !(frame.state === 'ready' && props.fixes?.includes(`${slot.key}_frame`));
  slot.problem.hidden = !frame.problem;
  slot.retry.hidden = !(frame.state === 'failed' && frame.mayRetry);
  for (const button of [slot.replace, slot.remove]) setAttribute(button, 'aria-describedby', frame.problem ? slot.problem.id : null);
}

// What makes it the same file or link, as in the reference tray.
function keyOf(frame) {
  return frame?.path ?? frame?.link ?? null;
}

function draw() {
  window.seedance.frames = Object.keys(NAMES).filter(key => shown[key]?.state === 'ready')
    .map(key => ({
      tag: `${key} frame`, name: shown[key].name, key: keyOf(shown[key]), thumb: () => miniature(slots[key]),
    }));
  for (const key of Object.keys(NAMES)) drawSlot(slots[key], shown[key]);
  swapButton.hidden = !shown.first && !shown.last;
  tellMissingFrames();
}

function tellMissingFrames() {
  const missing = Object.values(slots).filter(({key}) => shown[key] && shown[key].state !== 'ready');
  tellMissing('frames', root, missing.map(slot => {
    const frame = shown[slot.key];
    const message = frame.problem ?? t('{name} is still uploading.', frame);
    return {field: `${slot.key}_frame`, message, mend: () => leadTo(placeToMend(slot, frame), live, say(message))};
  }));
}

function placeToMend(slot, {state, mayRetry}) {
  return state !== 'failed' ? slot.node : mayRetry ? slot.retry : slot.remove;
}

// ---- what Python says

// What Python said of this slot holds until it speaks again; an equal answer would not be told to us. Props may be
// missing: an update that reaches Gradio before the tab was first opened replaces them all.
function adopt(key) {
  const frame = shown[key];
  if (frame?.state !== 'ready') return;
  Object.assign(frame, {facts: props.facts?.[`${key}_frame`], problem: props.problems?.[`${key}_frame`]});
}

function fromValue(item, before) {
  if (!item) return before && before.state !== 'ready' ? before : null;
  if (!item.path) return before?.link === item.url ? before : fromLink(item.url);
  if (before?.path === item.path) return before;
  return {
    name: item.orig_name, mime: item.mime_type, path: item.path, url: item.url, preview: item.url, state: 'ready',
    controller: new AbortController(),
  };
}

function readNotes() {
  Object.keys(NAMES).forEach(adopt);
  draw();
}

function readValue() {
  const {first, last} = props.value || {};
  shown = {first: fromValue(first, shown.first), last: fromValue(last, shown.last)};
  readNotes();
}

swapButton.onclick = swap;
onPaste(root, paste);
onPasteLinks(root, pasteLinks);
onShown(root, tellMissingFrames);
document.addEventListener('seedance:declined', function listen() {
  if (root.isConnected) draw();
  else document.removeEventListener('seedance:declined', listen);
});
watch('value', readValue);
watch(['facts', 'problems', 'fixes'], readNotes);
readValue();
