// The job card. Scope: element, props, trigger, watch, and its parts before it: job_words.js, job_stream.js,
// job_ending.js, job_ways.js. The server's events say what is; between them only the clock counts. A stream replays the
// job from its start, so drawing waits for the next frame and shows the newest event.
// ---- the job that is shown

const root = element.querySelector('.job-card');
const find = selector => root.querySelector(selector);
const bar = find('.bar');
const cancelButton = find('.cancel-job');
const hasEnded = ({state}) => FINAL.has(state) || RESTING.has(state);
let job = null;
let live = newLive();   // what is known of the job
let stream = null;
let ticker = 0;
let frame = 0;

function newLive() {
  return {snapshot: null, startedAt: Infinity, stageStarts: [], progress: 0, topic: '', isOffline: false,
    isCancelling: false, cancelNote: '', isTold: false, isResting: false,
    isBusy: false, isSending: false, token: null, spokenFirst: ''};
}

// Seconds since the job was made. The largest claim wins: a replayed event tells an old time.
function elapsed() {
  return Math.max(0, (performance.now() - live.startedAt) / SECOND_MS);
}

function setClock(snapshot) {
  live.startedAt = Math.min(live.startedAt, performance.now() - snapshot.elapsed_s * SECOND_MS);
}

function take(snapshot) {
  live.snapshot = snapshot;
  live.isOffline = false;
  setClock(snapshot);
  const stage = stageOf(snapshot);
  live.stageStarts.length = Math.min(live.stageStarts.length, stage + 1);    // a job that rested starts a stage again
  live.stageStarts[stage] ??= snapshot.elapsed_s;
  if (FINAL.has(snapshot.state)) stream?.close();
  frame ||= requestAnimationFrame(draw);
}

function takePresent(snapshot) {
  setClock(snapshot);
  if (hasEnded(snapshot)) take(snapshot);
}

function setOffline(isOffline) {
  if (live.isOffline === isOffline) return;
  live.isOffline = isOffline;
  frame ||= requestAnimationFrame(draw);
}

function lose() {
  clearInterval(ticker);
  drawEnding('lost', null);
  trigger('lost', {job});
}

function stageOf(snapshot) {
  return PHASES[snapshot.phase]?.stage ?? 2;
}

// ---- cancelling

async function cancel() {
  const id = job;
  if (live.isCancelling) return;
  Object.assign(live, {isCancelling: true, cancelNote: 'Asking to cancel…'});
  draw();
  const {snapshot} = await post(id, 'cancel');
  if (id !== job) return;
  if (snapshot) take(snapshot);
  live.cancelNote = snapshot ? 'wanted' : UNREACHED;
  live.isCancelling = Boolean(snapshot);
  draw();
}

// ---- drawing

function setFact(name, text) {
  setText(find(`[data-fact=${name}]`), text);
}

function show(view) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  for (const name of ['empty', 'running', 'ended']) find(`.${name}`).hidden = name !== view;
  root.classList.toggle('is-quiet', view === null);
  if (focused && !focused.checkVisibility()) root.focus({preventScroll: true});    // else the focus would be lost
}

function drawEmpty() {
  const {width_px: width, height_px: height, duration_s: seconds, sound} = props.preview;
  root.removeAttribute('data-state');
  root.removeAttribute('data-job');
  setText(find('.spoken'), '');
  find('.frame').style.aspectRatio = `${width} / ${height}`;
  find('.frame').classList.toggle('tall', height > width);
  const length = seconds ? `${seconds} seconds` : 'length chosen by the provider';
  setText(find('.frame .s'), [formatPixels(width, height), length, sound ? 'with sound' : 'silent'].join(' · '));
  show('empty');
}

function draw() {
  cancelAnimationFrame(frame);
  frame = 0;
  if (!job) return drawEmpty();
  if (!live.snapshot) return drawOpening();
  const {state} = live.snapshot;
  root.dataset.job = job;
  relist(RESTING.has(state));
  if (!hasEnded(live.snapshot)) return drawRunning(live.snapshot);
  if (state === 'succeeded') drawReady();
  else drawEnding(state, live.snapshot);
  if (RESTING.has(state)) return;
  clearInterval(ticker);
  if (live.isTold) return;
  live.isTold = true;
  trigger('done', {job, state});
}

// The library lists what rests: it is out of date when a job comes to rest, or goes on.
function relist(isResting) {
  if (live.isResting === isResting) return;
  live.isResting = isResting;
  trigger('relist', {job});
}

function drawOpening() {
  root.dataset.job = job;
  root.dataset.state = 'opening';
  setText(find('.big-time'), '0:00');
  setText(find('.left'), '');
  setText(find('.words'), '');
  setText(find('.clock .t'), live.isOffline ? 'Reconnecting…' : 'Starting');
  setText(find('.calm'), live.isOffline ? OFFLINE : CALM);
  find('.job-body').hidden = true;
  show('running');
}

function drawReady() {
  root.dataset.state = 'succeeded';
  setText(find('.spoken'), 'Your video is ready.');
  show(null);
}

function drawRunning(snapshot) {
  const phase = PHASES[snapshot.phase] ?? {stage: stageOf(snapshot), title: snapshot.message};
  root.dataset.state = snapshot.state;
  find('.job-body').hidden = false;
  setText(find('.clock .t'), live.isOffline ? 'Reconnecting…' : phase.title);
  setText(find('.words'), isSaidAlready(phase.title, snapshot) ? '' : snapshot.message);
  setText(find('.calm'), live.isOffline ? OFFLINE : CALM);
  speak(snapshot, phase);
  drawTrouble(snapshot);
  drawPrice(snapshot);
  drawFoot(snapshot);
  tick();
  show('running');
}

function isSaidAlready(title, {message, error}) {
  return !message || error || message.toLowerCase().startsWith(title.toLowerCase()) || live.cancelNote === 'wanted';
}

// Changes on a new phase only: a screen reader reads each change aloud.
function speak(snapshot, phase) {
  const topic = live.isOffline ? 'offline' : snapshot.error ? snapshot.message : snapshot.phase;
  if (live.topic === topic) return;
  live.topic = topic;
  const words = live.isOffline ? OFFLINE : snapshot.error ? snapshot.message : spokenText(phase, snapshot.eta_s);
  setText(find('.spoken'), [live.spokenFirst, words].filter(Boolean).join(' '));
  live.spokenFirst = '';
}

// B8: what keeps a video that is made from being saved; the job goes on, and tries again by itself.
function drawTrouble({error, message}) {
  find('.trouble').hidden = !error;
  if (!error) return;
  find('.trouble').classList.toggle('bad', error.code === 'cannot_save');
  setText(find('.trouble-line span'), message);
}

function drawPrice(snapshot) {
  const {label, free} = providerOf(snapshot);
  setFact('cost', formatCost(snapshot.cost));
  setFact('cost-by', free ? 'nothing is charged' : `charged by ${label}`);
}

function drawFoot(snapshot) {
  const isWanted = live.cancelNote === 'wanted';
  setAttribute(cancelButton, 'aria-disabled', live.isCancelling ? 'true' : null);
  cancelButton.hidden = snapshot.state === 'downloading';
  setText(find('.truth'), isWanted ? `You asked to cancel. ${snapshot.message}` : live.cancelNote || cancelTruth(snapshot));
}

// What changes between events: once a second.
function tick() {
  if (!root.isConnected) return leave();
  if (!live.snapshot || hasEnded(live.snapshot)) return;
  const {snapshot} = live;
  const now = elapsed();
  const isWaiting = stageOf(snapshot) < 2 || snapshot.phase === 'provider_queue';
  const queued = isWaiting ? now : snapshot.queued_s;
  setText(find('.big-time'), formatClock(now));
  setText(find('.left'), leftText(snapshot.eta_s, now - snapshot.elapsed_s));
  setFact('queue', formatClock(queued));
  setFact('elapsed', `of ${formatClock(now)} elapsed`);
  drawUsual(snapshot);
  drawStages(stageOf(snapshot), now);
  drawBar(snapshot, now);
}

// The card was taken out of the page, which runs its script again when it comes back.
function leave() {
  stream?.close();
  clearInterval(ticker);
}

function drawUsual({eta_s: eta, elapsed_s: at, queued_s: queued, provider, phase}) {
  const worked = phase === 'generating' || phase === 'saving' ? Math.max(0, at - queued) : 0;
  const guess = props.providers?.[provider]?.free ? 'Under a minute' : '1 to 3 minutes';
  setFact('usual', eta ? `${formatClock(worked + eta.low)}–${formatClock(worked + eta.high)}` : guess);
  setFact('usual-of', 'without the queue');
}

function drawStages(current, now) {
  [...find('.stages').children].forEach((item, stage) => {
    const start = live.stageStarts[stage];
    const end = live.stageStarts.find((at, later) => later > stage && at !== undefined) ?? now;
    item.className = stage < current ? 'done' : stage === current ? 'now' : '';
    setAttribute(item, 'aria-current', stage === current ? 'step' : null);
    setText(item.lastChild, start === undefined || stage > current ? '–' : formatClock(end - start));
  });
}

// Where the provider tells no progress, the measured time left does. Never runs backwards.
function drawBar({progress, eta_s: eta, elapsed_s: at}, now) {
  const measured = eta ? Math.min(0.95, now / (at + (eta.low + eta.high) / 2 || 1)) : 0;
  live.progress = Math.max(live.progress, progress ?? measured);
  const percent = Math.round(live.progress * 100);
  setAttribute(bar, 'aria-valuenow', progress === null && !eta ? null : percent);
  bar.firstElementChild.style.width = `${live.progress * 100}%`;
}

// ---- start

function follow() {
  const id = props.value || null;
  if (id === job) return;
  stream?.close();
  clearInterval(ticker);
  [job, live, stream] = [id, newLive(), null];
  resetWays();
  draw();
  if (farewell) setText(find('.spoken'), farewell);
  farewell = '';
  if (!id) return;
  ticker = setInterval(tick, SECOND_MS);
  stream = followJob(id, {onSnapshot: take, onPresent: takePresent, onOffline: setOffline, onLost: lose});
}

STAGES.forEach(name => find('.stages').append(make('li', {}, make('b', {text: name}), make('span', {text: '–'}))));
cancelButton.onclick = cancel;
find('.try-now').onclick = tryNow;
find('.go-silent').onclick = goSilent;
wireWays();
watch('value', follow);
watch('preview', () => { if (!job) drawEmpty(); });
draw();
follow();
