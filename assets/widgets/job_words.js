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
const ENDINGS = {
  failed: {tone: 'bad', icon: 'stop', title: 'The video was not made', what: '',
    next: 'Everything you entered is kept. Change it or generate again.'},
  cancelled: {tone: 'calm', icon: 'x', title: 'Cancelled', what: 'The job was stopped.',
    next: 'Everything you entered is kept. Generate again when you like.'},
  needs_attention: {tone: 'warn', icon: 'ask', title: 'We cannot tell whether this request was taken',
    what: 'It was sent once and will not be sent again by itself.',
    next: 'Look at the usage page of the provider before you generate again.'},
  needs_key: {tone: 'warn', icon: 'key', title: 'The provider asks for a key', what: 'The job is kept.',
    next: 'Enter the key again. The job then goes on by itself.'},
  lost: {tone: 'warn', icon: 'ask', title: 'Job not found', what: 'The server does not know this job.',
    next: 'Look in the library: a finished video is there.'},
};
const CHARGED = {no: 'No.', yes: 'Yes.', unknown: 'Not known yet.'};
const MODES = {text: 'Text', frames: 'First & last frame', references: 'References'};
const CALM = 'You can close this page. The job keeps running.';
const OFFLINE = 'Reconnecting… your job keeps running.';
const UNREACHED = 'The server was not reached, so nothing was cancelled. Try again.';
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

function chargedText(error, cost) {
  const charged = error?.charged ?? (cost.kind === 'estimate' ? 'unknown' : cost.amount ? 'yes' : 'no');
  const known = cost.amount !== null;
  const more = {
    no: 'Nothing was charged.',
    yes: known ? `${formatAmount(cost)}.` : 'The provider tells the amount.',
    unknown: known ? `At most ${formatAmount(cost)}.` : 'The provider tells the amount.',
  };
  return [CHARGED[charged], more[charged]];
}
