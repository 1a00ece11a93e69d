/* The price and Generate. Value: {price, parts, notes, summary, files, about}; reply: {id, sent, about, problems}; see
   `ui/widgets/dock.py`. Before it: dock_price.js. */
const seedance = window.seedance;
const { t } = seedance;
const summary = element.querySelector('.summary');
const todo = element.querySelector('.todo');
const button = element.querySelector('#generate');
const REST_MS = 400; // a slider that is dragged asks once, where it is let go
const SAME_PRESS_MS = 500; // a double click takes no longer
let answered = null;
let about = null;
let rest = 0;
let isLooking = false;
let isLookAhead = false;
let hasLookFailed = false;
let sending = [];
let pressed = null;

function showCount(count) {
  todo.hidden = count === 0;
  summary.hidden = count > 0;
  todo.querySelector('span').textContent = count === 1 ? t('1 thing to fix first') : t('{count} things to fix first', { count });
}
function setSending(isSending) {
  button.setAttribute('aria-disabled', String(isSending));
  button.textContent = isSending ? t('Sending…') : t('Generate');
}
function paint() {
  const value = props.value;
  if (!value) return;
  drawPrice(value);
  summary.textContent = say(value.summary);
  seedance.problems.set('files', value.files);
  if (about !== null && about !== value.about) seedance.problems.set('form', []);
  about = value.about;
}
function answer() {
  const reply = props.reply;
  if (!reply || reply.id === answered) return;
  answered = reply.id;
  setSending(false);
  seedance.problems.set('form', reply.problems);
  about = reply.about ?? about;
  if (reply.sent) arrive();
  else if (reply.problems.length) seedance.problems.focusFirst(reply.problems); // the others are of an older form
  else seedance.formChanged(); // the price may have changed
}

/* The files that were sent: what a provider says of "@Image2" is about these, wherever they are now. */
function arrive() {
  document.dispatchEvent(new CustomEvent('seedance:sent', { detail: sending }));
  seedance.jobArrived();
}

/* What Generate sends: the form, the token of this click, and the price that was read last: it may cost no more. */
seedance.click = (form) => [...form, seedance.formToken(form), JSON.stringify(props.value.total)];

/* A double click is one click, and a key that is held is one press: a person's second click comes after its job is known,
   when Generate takes the next one. */
function isSamePress({ detail, timeStamp }) {
  const before = pressed;
  pressed = { at: timeStamp, words: seedance.prompt.box()?.value };
  const since = timeStamp - before?.at;
  return detail > 1 || (since >= 0 && since < SAME_PRESS_MS && pressed.words === before.words);
}
button.addEventListener('keydown', (event) => { if (event.repeat && event.key === 'Enter') event.preventDefault(); });
button.addEventListener('click', (event) => {
  if (button.getAttribute('aria-disabled') === 'true' || button.closest('[inert]') || isSamePress(event)) return;
  if (seedance.problems.isAnyMissing()) return seedance.problems.focusFirst();
  sending = [...(seedance.references ?? []), ...(seedance.frames ?? [])];
  setSending(true);
  document.dispatchEvent(new Event('seedance:sending'));
  trigger('generate');
});
todo.addEventListener('click', () => seedance.problems.focusFirst());
document.addEventListener('seedance:problems', (event) => showCount(event.detail.count));
seedance.formChanged = () => {
  pressed = null; // what is asked for now was not asked for before
  setPriceOld(true);
  clearTimeout(rest);
  rest = setTimeout(look, REST_MS);
};
seedance.priceIsOld = () => setPriceOld(true);

/* Of the looks that are asked for during another, Gradio takes the last one, once that is answered. */
function look() {
  rest = 0;
  isLookAhead = isLooking;
  isLooking = true;
  hasLookFailed = false;
  trigger('look');
}
seedance.formLookedAt = () => {
  isLooking = isLookAhead;
  isLookAhead = false;
  if (rest || isLooking) return;
  drawPrice(props.value); // it may be the same as before a look that failed
  setPriceOld(false);
};
/* The look that waits for this one is gone with it. */
seedance.lookFailed = () => {
  isLooking = isLookAhead = false;
  hasLookFailed = true;
  drawPrice({ price: 'Price not known', parts: [], notes: [] });
  if (!rest) setPriceOld(false);
};
document.addEventListener('seedance:connection', ({ detail }) => {
  if (detail === 'back' && hasLookFailed) seedance.formChanged();
});
seedance.generateSettled = () => setSending(false);
watch('value', paint);
watch('reply', answer);
paint();
