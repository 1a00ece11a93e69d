// The player. Scope: element, props, trigger, watch; menu.js.
const {newestOnly, setText, setAttribute, formatClock, formatBytes, formatCost, t, say, items} = window.seedance;
const MISSING = t('File missing. The file of this video is not on disk any more.');
const UNREACHABLE = t('The video cannot be loaded right now. Reload the page to try again.');
const root = element.querySelector('.player');
const screen = root.querySelector('.screen');
const video = root.querySelector('video');
const unmute = root.querySelector('.unmute');
const missing = root.querySelector('.missing');
const download = root.querySelector('.download');
const keepSeed = root.querySelector('.keep-seed');
const flag = root.querySelector('.flag');
const evidence = root.querySelector('.evidence');
const share = root.querySelector('.share');
const told = root.querySelector('.told');
const needsFile = ['.use-last', '.compare-with', '.extend', '.share'].map(name => root.querySelector(name));
let shown = null;
window.seedance.videoAsked = newestOnly();    // by the library and by a card: both fill the player

function slug(prompt) {
  const words = prompt.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, 60).replace(/-+$/, '') || 'video';
}

function setFact(name, text) {
  setText(root.querySelector(`[data-fact=${name}]`), text);
}

// Who was paid. What was imported was paid for where it was made, and never from here.
function costByText({cost, is_imported: isImported, provider_label: label}) {
  if (cost.amount === 0) return isImported ? t('imported, nothing was charged') : t('nothing was charged');
  return isImported ? t('imported, paid to {label} elsewhere', {label}) : t('by {label}', {label});
}

function fileText({generate_audio: hasSound, size_bytes: bytes}) {
  const size = formatBytes(bytes);
  return hasSound ? t('sound, {size}', {size}) : t('no sound, {size}', {size});
}

function drawFacts(item) {
  setFact('cost', formatCost(item.cost));
  setFact('cost-by', costByText(item));
  setFact('time', item.elapsed_s === null ? t('Not known') : formatClock(item.elapsed_s));
  setFact('queue', item.queued_s ? t('{time} of it in the queue', {time: formatClock(item.queued_s)}) : '');
  const length = item.duration_s === null ? [] : [t('{seconds}\u00a0s', {seconds: Math.round(item.duration_s)})];
  setFact('video', items([...length, item.resolution, item.aspect_ratio]));
  setFact('file', fileText(item));
  setFact('seed', item.seed === null ? t('Random') : String(item.seed));
  keepSeed.hidden = item.seed === null;
  flag.hidden = !item.flag;
  setText(flag.lastElementChild, item.flag ? t('Not as asked: {flag}', {flag: say(item.flag)}) : '');
  const job = `/api/jobs/${encodeURIComponent(item.job_id)}`;
  setAttribute(evidence, 'href', `${job}/evidence.json`);
  setAttribute(share, 'href', `${job}/run.zip`);
  setAttribute(share, 'download', `${slug(item.prompt)}.zip`);
}

function drawVideo(item) {
  const isMissing = Boolean(item.is_missing);
  missing.hidden = !isMissing;
  showFileOrNot(!isMissing);
  screen.style.setProperty('--ratio', `${item.width_px} / ${item.height_px}`);
  setAttribute(video, 'poster', item.poster_url);
  setAttribute(video, 'aria-label', item.prompt.slice(0, 80));
  setAttribute(download, 'href', item.video_url);
  setAttribute(download, 'download', `${slug(item.prompt)}.mp4`);
  setText(keepSeed, t('Keep for the next run'));
  setText(told, '');
  if (!isMissing) {
    video.src = item.video_url;
    return;
  }
  setText(missing, MISSING);
  stopVideo();
}

// What was made of a file can be made again without it; its frames cannot be had.
function showFileOrNot(isThere) {
  video.hidden = !isThere;
  for (const action of [download, ...needsFile]) action.hidden = !isThere;
}

// Only in the page's view, once it has scrolled there: a video far down must not start by itself.
const watcher = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  watcher.disconnect();
  playQuietly();
});

// Sound stays off until the person asks for it.
function playQuietly() {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  video.muted = true;
  video.play().catch(() => {});   // refused autoplay leaves the poster and the play button
}

// The player's own control shows that it is silent only while the pointer is over it.
function drawUnmute() {
  const isThere = video.hasAttribute('src') && !video.hidden;
  unmute.hidden = !(isThere && video.muted && props.value?.generate_audio);
}
video.addEventListener('volumechange', drawUnmute);
unmute.addEventListener('click', () => {
  video.focus({preventScroll: true}); // the button goes
  video.muted = false;
  video.play().catch(() => {});
});

// A video whose file went away, or came back, is drawn anew.
function keyOf(item) {
  return item ? `${item.job_id} ${Boolean(item.is_missing)}` : null;
}

function draw() {
  const item = props.value || null;
  root.hidden = !item;
  const isNew = keyOf(item) !== shown;
  shown = keyOf(item);
  setAttribute(root, 'data-job', item?.job_id);
  if (!item) return stopVideo();
  if (isNew) {
    drawVideo(item);
    document.dispatchEvent(new CustomEvent('seedance:shown', {detail: item.job_id}));
  }
  drawUnmute();
  drawFacts(item);
  setText(root.querySelector('.said'), item.prompt);
}

function stopVideo() {
  video.removeAttribute('src');
  video.load();
}

async function explainError() {
  if (!video.hasAttribute('src')) return;
  const source = video.currentSrc;
  let status = 0;
  try {
    ({status} = await fetch(source, {headers: {Range: 'bytes=0-0'}, cache: 'no-store'}));
  } catch { /* the network is down: status 0 */ }
  if (source !== video.currentSrc) return;
  const isGone = status === 404 || status === 410;
  setText(missing, isGone ? MISSING : UNREACHABLE);
  missing.hidden = false;
  video.hidden = true;
  drawUnmute();
  for (const action of [download, ...needsFile]) action.hidden = isGone;
}

// A link, so that the browser saves the file; a button by name, so it obeys the space bar too.
download.onkeydown = (event) => {
  if (event.key !== ' ') return;
  event.preventDefault();
  download.click();
};
keepSeed.onclick = () => {
  setText(keepSeed, t('Kept for the next run'));
  trigger('keep_seed', {seed: props.value.seed});
};
// The form takes over what Python sends; `seedance.formFilled` says when it is there.
function fill(name, words) {
  video.pause();
  const job = props.value.job_id;
  const tell = (isThere) => setText(told, isThere ? words : t('This run cannot be had any more. Reload the page.'));
  window.seedance.filling = {job, tell};
  trigger(name, {job});
}
root.querySelector('.remix').onclick = () => fill('remix', t('Everything this run was made of is in the form. Nothing was sent.'));
root.querySelector('.use-last').onclick = () => fill('use_last', t('The last frame is the first frame in the form now. Nothing was sent.'));
root.querySelector('.extend').onclick = () => fill('extend', t('The video is @Video1 in the form now. Nothing was sent.'));
root.querySelector('.compare-with').onclick = (event) => window.seedance.pickOther(props.value.job_id, event.currentTarget);
wireMenu(root.querySelector('.more-acts'), root.querySelector('.act-menu'));
video.onerror = explainError;
watch('value', () => {
  const before = shown;
  draw();
  watcher.disconnect();
  if (shown && shown !== before) watcher.observe(screen);
});
draw();
