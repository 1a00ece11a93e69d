// What the job card says. Scope: props, and the functions of common.js. One table for phases, one for endings.
const {make, setText, setAttribute, formatClock, formatPixels, formatAmount, formatCost, t, say, sentences, locale} = window.seedance;
const STAGES = [t('Queued'), t('Uploading'), t('Generating'), t('Saving'), t('Ready')];
const PHASES = {
  waiting: {stage: 0, title: t('Queued')},
  uploading: {stage: 1, title: t('Uploading')},
  sending: {stage: 1, title: t('Sending')},
  provider_queue: {stage: 2, title: t('In line at the provider')},
  generating: {stage: 2, title: t('Generating')},
  saving: {stage: 3, title: t('Saving')},
  done: {stage: 4, title: t('Ready')},
};
const ENDINGS = {
  failed: {tone: 'bad', icon: 'stop', title: t('The video was not made'), what: '',
    next: t('Everything you entered is kept. Change it or generate again.')},
  cancelled: {tone: 'calm', icon: 'x', title: t('Cancelled'), what: t('The job was stopped.'),
    next: t('Everything you entered is kept. Generate again when you like.')},
  needs_attention: {tone: 'warn', icon: 'ask', title: t('We cannot tell whether this request was taken'),
    what: t('It was sent once and will not be sent again by itself.'), next: ''},
  needs_key: {tone: 'warn', icon: 'key', title: t('The provider asks for a key'),
    what: t('The job is kept, and nothing is sent again.'), next: ''},
  lost: {tone: 'warn', icon: 'ask', title: t('Job not found'), what: t('The server does not know this job.'),
    next: t('Look in the library: a finished video is there.')},
};
const CHARGED = {no: t('No.'), yes: t('Yes.'), unknown: t('Not known yet.')};
const MODES = {text: t('Text'), frames: t('First & last frame'), references: t('References')};
const CALM = t('You can close this page. The job keeps running.');
const OFFLINE = t('Reconnecting… your job keeps running.');
const UNREACHED = t('The server was not reached, so nothing was cancelled. Try again.');
const UNANSWERED = t('The server was not reached. Nothing has changed. Try again.');
const FOUND = t('Found. The job goes on.');
const CLOSED = t('Closed. It is kept in the library.');
const CANCEL_FREE = t('Nothing was sent. Cancelling is free.');
const SAVING = t('The video is made and is being saved to your library.');

function providerOf(snapshot) {
  return props.providers?.[snapshot.provider] ?? {label: t('The provider'), can_cancel: 'maybe', free: false};
}

// A price in the middle of a sentence.
function inSentence(cost) {
  if (!cost.amount || cost.kind === 'exact') return cost.amount === 0 ? t('free') : formatCost(cost);
  return t('about {amount}', {amount: formatAmount(cost)});
}

function cancelTruth(snapshot) {
  const {label, can_cancel: power, free} = providerOf(snapshot);
  if (snapshot.state === 'downloading') return SAVING;
  if (snapshot.state === 'queued' || snapshot.state === 'uploading') return CANCEL_FREE;
  if (free) return t('Cancelling stops it. Nothing is charged.');
  if (power === 'always') return t('{label} stops when we ask. You may still pay for what it has done until then.', {label});
  if (power === 'maybe') return t('We ask {label} to stop. It may be too late, and then you still pay and keep the video.', {label});
  if (snapshot.cost.amount === null) {
    return t('{label} cannot stop a video it has started. It will finish, be charged and be in your library.', {label});
  }
  const price = inSentence(snapshot.cost);
  return t('{label} cannot stop a video it has started. It will finish, cost {price} and be in your library.', {label, price});
}

function leftText(eta, since) {
  if (!eta) return t('elapsed');
  const [low, high] = [Math.max(0, Math.round(eta.low - since)), Math.round(eta.high - since)];
  if (high <= 0) return t('elapsed · longer than usual');
  if (high === low) return t('elapsed · about {high} s left', {high});
  if (high > 120) return t('elapsed · {low}–{high} min left', {low: Math.max(1, Math.floor(low / 60)), high: Math.ceil(high / 60)});
  return low <= 0 ? t('elapsed · up to {high} s left', {high}) : t('elapsed · {low}–{high} s left', {low, high});
}

function spokenText({title}, eta) {
  if (!eta) return t('{title}.', {title});
  if (eta.low === eta.high) return t('{title}. About {high} seconds left.', {title, high: eta.high});
  return t('{title}. {low} to {high} seconds left.', {title, low: eta.low, high: eta.high});
}

// How long runs like this one took here, and what that rests on. A range needs enough runs: see jobs/schedule.py.
function usualText(usual, {eta_s: eta, elapsed_s: at, queued_s: queued, provider, phase}) {
  if (usual?.range_s) return [rangeText(...usual.range_s), t('from {runs} runs, without the queue', {runs: usual.runs})];
  if (eta) {
    const worked = phase === 'generating' || phase === 'saving' ? Math.max(0, at - queued) : 0;
    return [rangeText(worked + eta.low, worked + eta.high), t('without the queue')];
  }
  const guess = props.providers?.[provider]?.free ? t('Under a minute') : t('1 to 3 minutes');
  return [guess, usual ? fewRunsText(usual.runs) : t('without the queue')];
}

function fewRunsText(runs) {
  if (runs === 0) return t('first run here');
  return runs === 1 ? t('only one run like it yet') : t('only {runs} runs like it yet', {runs});
}

function rangeText(low, high) {
  const [from, to] = [formatClock(Math.round(low)), formatClock(Math.round(high))];
  return from === to ? from : `${from}–${to}`;
}

function sendAgainText(cost) {
  if (cost.amount === null) return t('Send again, price not known');
  return t('Send again for {price}', {price: inSentence(cost)});
}

function nothingNew(label) {
  return t('{label} shows no video that is surely this one. It can take a few minutes to appear there.', {label});
}

function notThisOne(label) {
  return t('{label} has no video with this ID that matches this prompt and time.', {label});
}

// Whether it was taken is the question only where nothing closer is known.
function isUnsure(state, error) {
  return state === 'needs_attention' && (!error || error.code === 'submit_unknown');
}

function whatText(state, error) {
  return state !== 'needs_attention' || isUnsure(state, error) ? ENDINGS[state].what : '';
}

function nextStep(state, snapshot, ways) {
  if (state === 'needs_key') return keyStep(snapshot);
  if (isUnsure(state, snapshot?.error)) return unsureStep(providerOf(snapshot), ways);
  return say(snapshot?.error?.next_step) ?? ENDINGS[state].next;
}

function keyStep(snapshot) {
  const own = t('Check the key in the environment or the .env file, then start the app again.');
  const others = t('The owner of this page has to renew the key of {label}.', {label: providerOf(snapshot).label});
  return sentences(props.own_machine ? own : others, t('The job then goes on by itself.'));
}

function unsureStep({label}, ways) {
  const wait = ways.check ? t('It may turn up by itself: give it a few minutes.') : '';
  const look = props.own_machine ? t('Look at your {label} usage page.', {label}) : '';
  const check = ways.check && !ways.find ? t('Ask {label} with Check again.', {label}) : '';
  const paste = ways.find ? t('If it shows a generation ID, Find my video brings the video here.') : '';
  const send = props.own_machine ? t('If it shows no charge, send it again or close it.') : t('Or send it again, or close it.');
  return sentences(wait, look, check, paste, send);
}

function chargedText({error, cost}) {
  const charged = error?.charged ?? (cost.kind === 'estimate' ? 'unknown' : cost.amount ? 'yes' : 'no');
  const price = cost.amount === null ? null : formatAmount(cost);
  const atProvider = t('The provider tells the amount.');
  const more = {
    no: t('Nothing was charged.'),
    yes: price === null ? atProvider : t('{price}.', {price}),
    unknown: price === null ? atProvider : t('At most {price}.', {price}),
  };
  return [CHARGED[charged], more[charged]];
}
