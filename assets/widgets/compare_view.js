// Two runs side by side. Scope: element, props, trigger, watch, and compare_step.js, compare_table.js, compare_pick.js.
const {make, icon, setText, setAttribute, formatClock, t, locale} = window.seedance;
const root = element.querySelector('.compare');
const part = (name) => root.querySelector(name);
const [play, back, forward, close] = ['.play', '.back', '.forward', '.close'].map(part);
const range = part('input[type=range]');
const sounds = part('.sounds');
const table = compareTable(part('.diff'), {onRemix: (side) => remix(side)});
let step = null;
let shown = null;
let opener = null;

// ---- the two videos

function buildSide(letter, item) {
  const video = make('video', {playsinline: '', preload: 'auto', 'aria-label': t('Run {run}', {run: letter})});
  const said = `${item.provider_label}, ${new Date(item.created_at).toLocaleString(locale, {dateStyle: 'medium', timeStyle: 'short'})}`;
  const side = make('span', {class: 'side'}, make('b', {text: letter}), make('span', {text: said}));
  const screen = make('div', {class: 'screen'}, video, side);
  screen.style.setProperty('--ratio', `${item.width_px} / ${item.height_px}`);
  video.muted = true;
  video.onloadedmetadata = paint;
  video.onerror = () => {
    if (screen.querySelector('.missing')) return;
    screen.append(make('p', {class: 'missing', text: t('File missing. The file of this video is not on disk any more.')}));
  };
  if (item.poster_url) setAttribute(video, 'poster', item.poster_url);
  if (item.is_missing) video.onerror();
  else video.src = item.video_url;
  root.querySelector(`[data-side=${letter.toLowerCase()}]`).replaceChildren(screen);
  return video;
}

function buildSounds(videos, items) {
  const choices = [[t('Sound A'), items[0].generate_audio], [t('Sound B'), items[1].generate_audio], [t('Mute'), true]];
  const first = choices.findIndex(([, isThere]) => isThere);
  const labels = choices.map(([words, isThere], index) => {
    const radio = make('input', {type: 'radio', name: 'compare-sound', value: String(index)});
    radio.checked = index === first;
    radio.disabled = !isThere;
    radio.onchange = () => hear(videos, index);
    return make('label', isThere ? {} : {title: t('This run has no sound.')}, radio, make('span', {text: words}));
  });
  sounds.replaceChildren(make('legend', {class: 'vh', text: t('Sound from')}), make('div', {class: 'wrap'}, ...labels));
  hear(videos, first);
}

function hear(videos, chosen) {
  videos.forEach((video, index) => { video.muted = index !== chosen; });
}

// ---- drawing

function paint() {
  if (!step) return;
  const length = step.length();
  setText(part('.now'), formatClock(step.position));
  setText(part('.length'), formatClock(Math.round(length)));
  setAttribute(range, 'max', length);
  range.value = step.position;
  setAttribute(range, 'aria-valuetext', t('{now} of {length} seconds', {now: step.position.toFixed(1), length: length.toFixed(1)}));
  setAttribute(play, 'aria-label', step.isPlaying ? t('Pause both videos') : t('Play both videos'));
  const picture = step.isPlaying ? '#i-pause' : '#i-play';
  setAttribute(play.querySelector('use'), 'href', picture);
}

function show(isOpen) {
  root.hidden = !isOpen;
  // A class, where CSS would ask `:has`: every change of the page would have the browser look whether this is open.
  document.body.classList.toggle('is-comparing', isOpen);
}

function draw() {
  const value = props.value;
  const key = value ? `${value.a.job_id} ${value.b.job_id}` : null;
  if (key === shown) return;
  shown = key;
  step?.end();
  step = null;
  show(Boolean(value));
  if (!value) return;
  opener ??= document.activeElement;
  document.querySelectorAll('#stage video').forEach((video) => video.pause());
  const items = [value.a, value.b];
  const videos = items.map((item, index) => buildSide('AB'[index], item));
  step = inStep(videos, {fps: value.fps, onMove: paint});
  buildSounds(videos, items);
  table.draw(value.rows);
  paint();
  scrollTo({top: 0, behavior: 'auto'});
  play.focus({preventScroll: true});
}

// ---- leaving

function leave() {
  step?.end();
  step = null;
  shown = null;
  show(false);
  root.querySelectorAll('figure').forEach((figure) => figure.replaceChildren());
  props.value = null;
}

function shut() {
  const back = opener;
  opener = null;
  leave();
  if (!back?.isConnected || back === document.body) return;
  back.scrollIntoView({block: 'center'});
  back.focus({preventScroll: true});
}

function remix(side) {
  const job = props.value[side].job_id;
  opener = null;
  leave();
  window.seedance.filling = {job, tell() {}};
  trigger('remix', {job});
}

// ---- by mouse, touch and keyboard

function toggle() {
  if (step.isPlaying) step.pause();
  else step.play();
}

// A key that a control of its own understands is left to it.
function press(event) {
  if (!root.isConnected) return document.removeEventListener('keydown', press);
  if (!step || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  const isOwn = event.target.closest?.('button, input, select, a');
  const action = {',': () => step.step(-1), '.': () => step.step(1), Escape: shut, ' ': isOwn ? null : toggle}[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

setAttribute(back, 'aria-label', t('One frame back'));
setAttribute(forward, 'aria-label', t('One frame forward'));
setAttribute(range, 'aria-label', t('Position in both videos'));
play.onclick = toggle;
back.onclick = () => step.step(-1);
forward.onclick = () => step.step(1);
close.onclick = shut;
range.oninput = () => {
  const at = Number(range.value);
  const wasPlaying = step.isPlaying;
  if (wasPlaying) step.pause();
  step.seek(at);
  if (wasPlaying) step.play();
};
range.onkeydown = (event) => {
  const by = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1}[event.key];
  if (!by) return;
  event.preventDefault();
  step.seek(step.position + by * 0.5);
};
document.addEventListener('keydown', press);
pickInLibrary(element.querySelector('.cmp-pick'), {
  onPick(jobs, from) {
    opener = from;
    trigger('compare', {jobs});
  },
});
watch('value', draw);
draw();
