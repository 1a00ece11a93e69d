// One card of the reference tray: how it is built and drawn. Scope: props, and the functions of reference_tray.js.
const {t, say, make, icon, waveform, setText, setAttribute, formatClock, formatBytes, formatPixels, kindOf, uploadFile, fileData,
  onDrop, onPaste, onShown, tellMissing, leadTo, readLink, drawnLink, onPasteLinks, addLinkField} = window.seedance;
const KINDS = ['image', 'video', 'audio'];
const KIND_WORDS = {image: t('Image'), video: t('Video'), audio: t('Audio')};

function build(card) {
  const button = (attributes, ...children) => make('button', {type: 'button', ...attributes}, ...children);
  const id = `problem-${Math.random().toString(36).slice(2)}`;
  const parts = {
    thumb: make('span', {class: 'thumb'}), length: make('span', {class: 'dur'}),
    tag: button({class: 'tag', 'aria-keyshortcuts': 'Alt+ArrowLeft Alt+ArrowRight'}),
    name: make('span', {class: 'name', text: card.name, title: card.name}),
    facts: make('span', {class: 'facts-line'}), unused: make('span', {class: 'unused'}),
    earlier: button({class: 'act earlier'}, icon('prev')), later: button({class: 'act later'}, icon('next')),
    remove: button({class: 'act remove'}, icon('x')),
    sentence: make('span', {id}), retry: button({class: 'btn small', text: t('Try again')}),
    fix: button({class: 'btn small fix', text: t('Fix it')}),
    flag: make('span', {class: 'flag'}, icon('stop'), t('Declined')), kind: card.isOfAnyKind ? kindChoice(card) : '',
  };
  parts.meta = make('span', {class: 'meta'}, parts.unused, parts.facts);
  parts.problem = make('span', {class: 'problem'}, parts.sentence, parts.retry, parts.fix);
  parts.fix.onclick = () => fix(card);
  parts.tag.onclick = () => window.seedance.insertTag?.(card.tag);
  parts.earlier.onclick = () => moveBy(card, -1);
  parts.later.onclick = () => moveBy(card, 1);
  parts.remove.onclick = () => remove(card);
  parts.retry.onclick = () => retry(card);
  parts.thumb.append(picture(card), parts.length);
  const node = make('li', {class: 'ref'}, parts.thumb, parts.tag, parts.name, parts.meta, parts.flag, parts.kind,
    parts.earlier, parts.later, parts.remove, parts.problem);
  return Object.assign(card, {parts, node});
}

function fix(card) {
  const {tag, kind, preview, url} = card;
  window.seedance.fixDialogs.references.open({target: tag, called: tag, kind, preview: preview ?? url, swap: file => takeCopy(card, file)});
}

// For a link whose ending does not tell what it leads to.
function kindChoice(card) {
  const choice = make('select', {class: 'kind'}, ...KINDS.map(kind => make('option', {value: kind, text: KIND_WORDS[kind]})));
  choice.value = card.kind;
  choice.onchange = () => changeKind(card, choice.value);
  return choice;
}

function picture(card) {
  if (card.link) return drawnLink(readLink(card.link).host);
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
  sound.onloadedmetadata = () => measured(card, t('{seconds}\u00a0s', {seconds: sound.duration.toFixed(1)}), sound.duration);
  playable(card).then(may => { if (may) sound.src = card.preview; });
}

function measured(card, text, seconds) {
  Object.assign(card, {measured: text, seconds: Number.isFinite(seconds) ? seconds : null});
  showReferences();
  drawCard(card);
}

// The card's picture once more, small: the same bytes for an image, the frame that the card shows for a video.
function miniature(card) {
  const shown = card.parts.thumb.firstElementChild;
  if (shown?.matches('img')) return make('img', {alt: '', src: shown.src});
  if (card.link) return icon('link');
  if (!shown?.matches('video') || shown.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return icon(card.kind === 'video' ? 'play' : 'sound');
  const still = make('canvas', {width: '96', height: '56'});
  const scale = Math.max(96 / shown.videoWidth, 56 / shown.videoHeight);
  const [width, height] = [shown.videoWidth * scale, shown.videoHeight * scale];
  still.getContext('2d').drawImage(shown, (96 - width) / 2, (56 - height) / 2, width, height);
  return still;
}

function metaText(card) {
  if (card.state === 'waiting') return t('Waiting to upload');
  if (card.state === 'uploading') return card.progress ? t('Uploading {percent}\u00a0%', {percent: Math.round(card.progress * 100)}) : t('Uploading…');
  if (card.link) return t('Link');
  if (card.state === 'failed') return formatBytes(card.file.size);
  return card.facts || card.measured || '';
}

function drawCard(card) {
  const {parts, node, state} = card;
  const isReady = state === 'ready';
  const called = isReady ? card.tag : card.name;
  node.dataset.state = state;
  node.classList.toggle('warn', Boolean(card.problem));
  parts.tag.hidden = !isReady;
  setText(parts.tag, called);
  setAttribute(parts.tag, 'aria-label', t('Insert {called} into the prompt', {called}));
  setText(parts.facts, metaText(card));
  const isUnused = isReady && Boolean(window.seedance.mentioned) && !window.seedance.mentioned.has(card.tag);
  setText(parts.unused, isUnused ? t('not used yet') : '');
  node.classList.toggle('idle', isUnused);
  node.classList.toggle('movable', isReady && readyCards(card.kind).length > 1);
  const isDeclined = isReady && keyOf(card) === window.seedance.declined;
  node.classList.toggle('declined', isDeclined);
  parts.flag.hidden = !isDeclined;
  parts.meta.hidden = isDeclined || (isReady && Boolean(parts.kind));
  if (parts.kind) setAttribute(parts.kind, 'aria-label', t('Kind of {called}', {called}));
  if (parts.kind) parts.kind.hidden = !isReady || isDeclined;
  parts.length.hidden = !card.seconds;
  setText(parts.length, card.seconds ? formatClock(Math.round(card.seconds)) : '');
  drawActions(card, called);
  parts.problem.hidden = !card.problem;
  setText(parts.sentence, say(card.problem ?? ''));
  parts.retry.hidden = !(state === 'failed' && card.mayRetry);
  parts.fix.hidden = !(isReady && props.fixes?.includes(card.tag));
  setAttribute(parts.fix, 'aria-label', t('Fix it: {name}', {name: called}));
  setAttribute(parts.fix, 'aria-describedby', parts.sentence.id);
  setAttribute(parts.tag, 'aria-describedby', card.problem ? parts.sentence.id : null);
}

function drawActions({parts, kind, number, state}, called) {
  const isReady = state === 'ready';
  parts.earlier.disabled = !isReady || number === 1;
  parts.later.disabled = !isReady || number === readyCards(kind).length;
  setAttribute(parts.earlier, 'aria-label', t('Move {called} earlier', {called}));
  setAttribute(parts.later, 'aria-label', t('Move {called} later', {called}));
  setAttribute(parts.remove, 'aria-label', t('Remove {called}', {called}));
}
