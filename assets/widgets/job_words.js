// What the job card says. Scope: props, and the functions of common.js. One table for phases, one for endings.
const {make, setText, setAttribute, formatClock, formatPixels, formatAmount, formatCost} = window.seedance;
const STAGES = ['Queued', 'Uploading', 'Generating', 'Saving', 'Ready'];
const PHASES = {
  waiting: {stage: 0, title: 'Queued'},
  uploading: {stage: 1, title: 'Uploading'},
  sending: {stage: 1, title: 'Sending'},
  provider_queue: {stage: 2, title: 'In line at the provider'},
  generating: {stage: 2, title: 'Generating'},
  saving: {stage: 3, title: 'Saving'},
  done: {stage: 4, title: 'Ready'},
};
const SENT_ONCE = 'It was sent once and will not be sent again by itself.';
const ENDINGS = {
  failed: {tone: 'bad', icon: 'stop', title: 'The video was not made', what: '',
    next: 'Everything you entered is kept. Change it or generate again.'},
  cancelled: {tone: 'calm', icon: 'x', title: 'Cancelled', what: 'The job was stopped.',
    next: 'Everything you entered is kept. Generate again when you like.'},
  needs_attention: {tone: 'warn', icon: 'ask', title: 'We cannot tell whether this request was taken',
    what: SENT_ONCE, next: ''},
  needs_key: {tone: 'warn', icon: 'key', title: 'The provider asks for a key',
    what: 'The job is kept, and nothing is sent again.', next: ''},
  lost: {tone: 'warn', icon: 'ask', title: 'Job not found', what: 'The server does not know this job.',
    next: 'Look in the library: a finished video is there.'},
};
const CHARGED = {no: 'No.', yes: 'Yes.', unknown: 'Not known yet.'};
const MODES = {text: 'Text', frames: 'First & last frame', references: 'References'};
const CALM = 'You can close this page. The job keeps running.';
const OFFLINE = 'Reconnecting… your job keeps running.';
const UNREACHED = 'The server was not reached, so nothing was cancelled. Try again.';
const UNANSWERED = 'The server was not reached. Nothing has changed. Try again.';
const FOUND = 'Found. The job goes on.';
const CLOSED = 'Closed. It is kept in the library.';
const CANCEL_FREE = 'Nothing was sent. Cancelling is free.';
const SAVING = 'The video is made and is being saved to your library.';

function providerOf(snapshot) {
  return props.providers?.[snapshot.provider] ?? {label: 'The provider', can_cancel: 'maybe', free: false};
}

function cancelTruth(snapshot) {
  const {label, can_cancel: power, free} = providerOf(snapshot);
  const price = snapshot.cost.amount === null ? 'for it' : formatCost(snapshot.cost).replace('About', 'about');
  if (snapshot.state === 'downloading') return SAVING;
  if (snapshot.state === 'queued' || snapshot.state === 'uploading') return CANCEL_FREE;
  if (free) return 'Cancelling stops it. Nothing is charged.';
  if (power === 'always') return `${label} stops when we ask. You may still pay for what it has done until then.`;
  if (power === 'maybe') return `We ask ${label} to stop. It may be too late, and then you still pay and keep the video.`;
  return `${label} cannot stop a video it has started. If you cancel now, you may still pay ${price}. `
    + 'If the video arrives, it goes to your library.';
}

function leftText(eta, since) {
  if (!eta) return 'elapsed';
  const [low, high] = [Math.max(0, Math.round(eta.low - since)), Math.round(eta.high - since)];
  if (high <= 0) return 'elapsed · longer than usual';
  if (high > 120) return `elapsed · ${Math.max(1, Math.floor(low / 60))}–${Math.ceil(high / 60)} min left`;
  return low <= 0 ? `elapsed · up to ${high} s left` : `elapsed · ${low}–${high} s left`;
}

function spokenText({title}, eta) {
  if (!eta) return `${title}.`;
  return `${title}. ${eta.low} to ${eta.high} seconds left.`;
}

function sendAgainText(cost) {
  if (cost.amount === null) return 'Send again, price not known';
  return `Send again for ${formatCost(cost).replace('About', 'about').replace('Free', 'free')}`;
}

function nothingNew(label) {
  return `${label} shows no video that is surely this one. It can take a few minutes to appear there.`;
}

function notThisOne(label) {
  return `${label} has no video with this ID that matches this prompt and time.`;
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
  return snapshot?.error?.next_step ?? ENDINGS[state].next;
}

function keyStep(snapshot) {
  const own = 'Check the key in the environment or the .env file, then start the app again.';
  const others = `The owner of this page has to renew the key of ${providerOf(snapshot).label}.`;
  return `${props.own_machine ? own : others} The job then goes on by itself.`;
}

function unsureStep({label}, ways) {
  const look = props.own_machine ? `Look at your ${label} usage page.` : '';
  const check = ways.check && !ways.find ? `Ask ${label} with Check again.` : '';
  const paste = ways.find ? 'If it shows a generation ID, Find my video brings the video here.' : '';
  const send = props.own_machine ? 'If it shows no charge, send it again or close it.' : 'Or send it again, or close it.';
  return [look, check, paste, send].filter(Boolean).join(' ');
}

function chargedText({error, cost}) {
  const charged = error?.charged ?? (cost.kind === 'estimate' ? 'unknown' : cost.amount ? 'yes' : 'no');
  const known = cost.amount !== null;
  const more = {
    no: 'Nothing was charged.',
    yes: known ? `${formatAmount(cost)}.` : 'The provider tells the amount.',
    unknown: known ? `At most ${formatAmount(cost)}.` : 'The provider tells the amount.',
  };
  return [CHARGED[charged], more[charged]];
}
