// What tells a person who looks elsewhere: the page's title, and a notification for those who asked for it.
// Used by job_card.js.
const TELL_KEY = 'seedance-tell';
const TITLE_CHARS = 40;
const tell = element.querySelector('.tell');
const tellSwitch = tell.querySelector('input');
let news = '';    // what became of a job, until the person has seen it

window.seedance.pageTitle ??= document.title;

// ---- the title

function drawTitle() {
  const title = news || workTitle() || window.seedance.pageTitle;
  if (document.title !== title) document.title = title;
}

// "38 % · Seedance", of the newest job that is under way.
function workTitle() {
  const lead = leadOf();
  if (!lead?.live.snapshot) return '';
  const {isMeasured, progress, snapshot} = lead.live;
  const percent = `${Math.round(progress * 100)}\u00a0%`;
  const where = isMeasured ? percent : PHASES[snapshot.phase]?.title ?? formatClock(elapsedOf(lead));
  const others = cards.filter(isOpen).length - 1;
  return [where, ...(others ? [t('{count} more', {count: others})] : []), 'Seedance'].join(' · ');
}

function shorten(words) {
  const line = (words ?? '').replace(/\s+/g, ' ').trim();
  return line.length > TITLE_CHARS ? `${line.slice(0, TITLE_CHARS - 1).trim()}…` : line;
}

function newsOf(state) {
  if (state === 'succeeded') return t('Ready');
  return RESTING.has(state) ? t('Needs you') : state === 'failed' ? t('Not made') : '';
}

// A job has ended or rests: said once each time.
function announce(card, state) {
  const what = newsOf(state);
  if (!what) return;
  news = [what, shorten(card.facts.prompt) || 'Seedance'].join(' · ');
  drawTitle();
  if (tellSwitch.checked && (document.hidden || !document.hasFocus())) notify(card, what);
}

// Whoever comes back to the page, or does anything in it, has seen the title.
function forgetNews() {
  if (!news || document.hidden) return;
  news = '';
  drawTitle();
}

// ---- the notification

function notify(card, what) {
  const body = shorten(card.facts.prompt);
  let shown = null;
  try {
    shown = new Notification(`${what} · Seedance`, {body, tag: card.id, silent: true, icon: '/favicon.ico'});
  } catch {    // Chromium on Android has the name, and leaves it to service workers
    return setTelling(false, t('This browser shows no notifications for this page.'));
  }
  shown.onclick = () => {
    window.focus();
    window.seedance.showStage?.();
    shown.close();
  };
}

function isTellingKept() {
  try { return localStorage.getItem(TELL_KEY) === 'on'; } catch { return false; }    // private mode
}

function setTelling(isOn, words = '') {
  tellSwitch.checked = isOn;
  setText(tell.querySelector('.tell-why'), words);
  try {
    if (isOn) localStorage.setItem(TELL_KEY, 'on');
    else localStorage.removeItem(TELL_KEY);
  } catch { /* private mode: for this page only */ }
}

// The browser is asked only here, by the person's own click.
async function onTellSwitch() {
  if (!tellSwitch.checked) return setTelling(false);
  const answer = Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission;
  if (answer === 'granted') return setTelling(true);
  setTelling(false, answer === 'denied'
    ? t('This browser does not let the page notify you. Its settings for this site can change that.') : '');
}

function drawTell() {
  tell.hidden = !('Notification' in window && window.isSecureContext && cards.some(isOpen));
}

function wireTold() {
  tellSwitch.checked = 'Notification' in window && Notification.permission === 'granted' && isTellingKept();
  tellSwitch.onchange = onTellSwitch;
}
