// How a card shows a job that is under way, and how it is cancelled. Used by job_card.js. The server's events say what is;
// between them only the clock counts.

function newLive() {
  return {snapshot: null, startedAt: Infinity, stageStarts: [], progress: 0, topic: '', isOffline: false, log: [],
    seq: 0, heardAt: 0, isCancelling: false, cancelNote: '', isTold: false, isResting: false, isLost: false,
    isBusy: false, isSending: false, spokenFirst: '', unplan: null};
}

// Seconds since the job was made. The largest claim wins: a replayed event tells an old time.
function elapsedOf({live}) {
  return Math.max(0, (performance.now() - live.startedAt) / SECOND_MS);
}

function setClock({live}, snapshot) {
  live.startedAt = Math.min(live.startedAt, performance.now() - snapshot.elapsed_s * SECOND_MS);
}

function stageOf(snapshot) {
  return PHASES[snapshot.phase]?.stage ?? 2;
}

function noteStage({live}, snapshot) {
  const stage = stageOf(snapshot);
  live.stageStarts.length = Math.min(live.stageStarts.length, stage + 1);    // a job that rested starts a stage again
  live.stageStarts[stage] ??= snapshot.elapsed_s;
}

// What a replay tells of a job that is further on by now.
function notePast({live}, snapshot) {
  const stage = stageOf(snapshot);
  live.stageStarts[stage] = Math.min(live.stageStarts[stage] ?? Infinity, snapshot.elapsed_s);
  noteWords(live, snapshot);
}

function noteWords(live, {message, elapsed_s: at}) {
  if (!message || live.log.some(line => line.message === message)) return;
  live.log.push({message, at});
  live.log.sort((a, b) => a.at - b.at);
}

// ---- cancelling

async function cancel(card) {
  const {live} = card;
  if (live.isCancelling) return;
  Object.assign(live, {isCancelling: true, cancelNote: t('Asking to cancel…')});
  draw(card);
  const {snapshot} = await post(card.id, 'cancel');
  if (snapshot) take(card, snapshot);
  live.cancelNote = snapshot ? 'wanted' : UNREACHED;
  live.isCancelling = Boolean(snapshot);
  draw(card);
}

// ---- drawing

function setFact({find}, name, text) {
  setText(find(`[data-fact=${name}]`), text);
}

function drawOpening(card) {
  const {root, find, live} = card;
  root.dataset.state = 'opening';
  setText(find('.big-time'), '0:00');
  setText(find('.left'), '');
  setText(find('.words'), '');
  setText(find('.clock .t'), live.isOffline ? t('Reconnecting…') : t('Starting'));
  setText(find('.calm'), live.isOffline ? OFFLINE : CALM);
  find('.job-body').hidden = true;
  show(card, 'running');
}

function drawRunning(card) {
  const {root, find, live} = card;
  const {snapshot} = live;
  const phase = PHASES[snapshot.phase] ?? {stage: stageOf(snapshot), title: say(snapshot.message)};
  root.dataset.state = snapshot.state;
  find('.job-body').hidden = false;
  setText(find('.clock .t'), live.isOffline ? t('Reconnecting…') : phase.title);
  setText(find('.words'), isSaidAlready(card, phase.title) ? '' : say(snapshot.message));
  setText(find('.calm'), live.isOffline ? OFFLINE : CALM);
  speak(card, phase);
  drawTrouble(card);
  drawPrice(card);
  drawLog(card);
  drawFoot(card);
  tick(card);
  show(card, 'running');
}

function isSaidAlready({live}, title) {
  const {message, error} = live.snapshot;
  return !message || error || say(message).toLowerCase().startsWith(title.toLowerCase()) || live.cancelNote === 'wanted';
}

// Changes on a new phase only: a screen reader reads each change aloud.
function speak({find, live}, phase) {
  const {snapshot} = live;
  const topic = live.isOffline ? 'offline' : snapshot.error ? snapshot.message : snapshot.phase;
  if (live.topic === topic) return;
  live.topic = topic;
  const words = live.isOffline ? OFFLINE : snapshot.error ? say(snapshot.message) : spokenText(phase, snapshot.eta_s);
  setText(find('.spoken'), sentences(live.spokenFirst, words));
  live.spokenFirst = '';
}

// B8: what keeps a video that is made from being saved; the job goes on, and tries again by itself.
function drawTrouble({find, live}) {
  const {error, message} = live.snapshot;
  find('.trouble').hidden = !error;
  if (!error) return;
  find('.trouble').classList.toggle('bad', error.code === 'cannot_save');
  setText(find('.trouble-line span'), say(message));
}

function drawPrice(card) {
  const {snapshot} = card.live;
  const {label, free} = providerOf(snapshot);
  setFact(card, 'cost', formatCost(snapshot.cost));
  setFact(card, 'cost-by', free ? t('nothing is charged') : t('charged by {label}', {label}));
}

// What the provider and the app said so far, folded away.
function drawLog({find, live}) {
  const lines = find('.log ol');
  find('.log').hidden = live.log.length < 2;
  setText(find('.log summary'), t('{count} messages', {count: live.log.length}));
  if (lines.childElementCount === live.log.length) return;
  lines.replaceChildren(...live.log.map(({message, at}) =>
    make('li', {}, make('span', {class: 'at', text: formatClock(at)}), make('span', {text: say(message)}))));
}

function drawFoot({find, live}) {
  const {snapshot} = live;
  const isWanted = live.cancelNote === 'wanted';
  setAttribute(find('.cancel-job'), 'aria-disabled', live.isCancelling ? 'true' : null);
  find('.cancel-job').hidden = snapshot.state === 'downloading';
  const wanted = () => t('You asked to cancel. {message}', {message: say(snapshot.message)});
  setText(find('.truth'), isWanted ? wanted() : live.cancelNote || cancelTruth(snapshot));
}

// What changes between events: once a second.
function tick(card) {
  const {find, live} = card;
  const {snapshot} = live;
  if (!snapshot || hasEnded(card)) return;
  const now = elapsedOf(card);
  const isWaiting = stageOf(snapshot) < 2 || snapshot.phase === 'provider_queue';
  const queued = isWaiting ? now : snapshot.queued_s;
  setText(find('.big-time'), formatClock(now));
  setText(find('.left'), leftText(snapshot.eta_s, now - snapshot.elapsed_s));
  setFact(card, 'queue', formatClock(queued));
  setFact(card, 'elapsed', t('of {time} elapsed', {time: formatClock(now)}));
  const [usual, restsOn] = usualText(card.facts.usual, snapshot);
  setFact(card, 'usual', usual);
  setFact(card, 'usual-of', restsOn);
  drawStages(card, now);
  drawBar(card, now);
}

function drawStages({find, live}, now) {
  const current = stageOf(live.snapshot);
  [...find('.stages').children].forEach((item, stage) => {
    const start = live.stageStarts[stage];
    const end = live.stageStarts.find((at, later) => later > stage && at !== undefined) ?? now;
    item.className = stage < current ? 'done' : stage === current ? 'now' : '';
    setAttribute(item, 'aria-current', stage === current ? 'step' : null);
    setText(item.lastChild, start === undefined || stage > current ? '–' : formatClock(end - start));
  });
}

// Where the provider tells no progress, the measured time left does. Never runs backwards.
function drawBar({find, live}, now) {
  const {progress, eta_s: eta, elapsed_s: at} = live.snapshot;
  const measured = eta ? Math.min(0.95, now / (at + (eta.low + eta.high) / 2 || 1)) : 0;
  live.progress = Math.max(live.progress, progress ?? measured);
  live.isMeasured = progress !== null || Boolean(eta);
  const percent = Math.round(live.progress * 100);
  setAttribute(find('.bar'), 'aria-valuenow', live.isMeasured ? percent : null);
  // Scaled, since a width that grows lays the page out anew sixty times a second.
  find('.bar').firstElementChild.style.transform = `scaleX(${live.progress})`;
}
