// `Fix it`: a file beside the copy that keeps the rules. Scope: element, props, trigger, watch, and fix_choices.js before
// it. Cards open it by window.seedance.fixDialogs[place].open(subject): {target, called, kind, preview, swap}, where
// `swap(copy)` puts the copy in the file's place and returns the way back; false where the file or the copy is gone.
const dialog = element.querySelector('dialog');
const find = name => dialog.querySelector(name);
const before = sideOf('before');
const after = sideOf('after');
const status = find('.fix-status');
const use = find('.fix-use');
const again = find('.fix-again');
const note = element.querySelector('.fix-note');
const undoButton = note.querySelector('.fix-undo');
const id = `fix-${Math.random().toString(36).slice(2)}`;
const REST_MS = 300;    // a slider that is moved by keys asks once, where it is left
const SLOW_MS = 4000;
let subject = null;
let wish = null;        // the id of what was asked for last
let copy = null;        // the file that was made of it
let taken = [];         // {back, called}: what can be undone, the last one last
let rest = 0;
let slow = 0;

function nameParts() {
  const title = find('h2');
  title.id = id;
  dialog.setAttribute('aria-labelledby', id);
  find('.fix-close').setAttribute('aria-label', t('Close'));
  setText(before.figure.querySelector('figcaption'), t('Before'));
  setText(after.figure.querySelector('figcaption'), t('After'));
  setText(use, t('Use this'));
  setText(again, t('Try again'));
  setText(find('.fix-keep'), t('Keep the original'));
  setText(undoButton, t('Undo'));
  note.setAttribute('aria-label', t('Fixed file'));
}

function open(asked) {
  subject = asked;
  setText(find('h2'), t('Fix {name}', {name: subject.called}));
  setText(find('.fix-lead'), t('A copy is made here. Nothing is sent anywhere, and the original is kept.'));
  resetChoices();
  find('.fix-changes').replaceChildren();
  before.clear();
  after.clear();
  before.show(subject.kind, subject.preview, t('Before'));
  dialog.showModal();
  ask(0);
  use.focus();
}

// ---- the copy

// Asks once the choices are left alone. Only the answer to the last wish counts, whatever comes when.
function ask(restMs) {
  wish = Math.random().toString(36).slice(2);
  copy = null;
  setBusy(true);
  tell(t('Fixing…'));
  stopClocks();
  rest = setTimeout(() => trigger('fix', {id: wish, target: subject.target, ...chosen()}), restMs);
  slow = setTimeout(() => tell(t('Fixing… A long video can take a minute.')), SLOW_MS);
}

function stopClocks() {
  clearTimeout(rest);
  clearTimeout(slow);
}

function setBusy(isBusy) {
  setAttribute(dialog, 'aria-busy', isBusy);
  dialog.classList.toggle('is-busy', isBusy);
  setAttribute(use, 'aria-disabled', String(!copy));
  again.hidden = true;
}

function tell(text, isBad = false) {
  status.classList.toggle('is-bad', isBad);
  setText(status, text);
}

function answer() {
  const value = props.value;
  if (!value || value.id !== wish || !dialog.open) return;
  wish = null;
  copy = value.file;
  stopClocks();
  setBusy(false);
  if (!copy) {
    after.clear();
    return tell(say(value.error), true);
  }
  before.tell(say(value.before));
  after.show(subject.kind, copy.url, t('After'));
  after.tell(say(value.after));
  find('.fix-changes').replaceChildren(...value.changes.map(text => make('li', {text: say(text)})));
  offerChoices(value);
  tell(t('The copy is ready.'));
}

// An event failed, and nobody knows which: the answer to the last wish may come all the same.
function fail() {
  if (!wish || !dialog.open) return;
  stopClocks();
  setBusy(false);
  after.clear();
  tell(t('The page got no answer.'), true);
  again.hidden = false;
}

function askAgain() {
  use.focus();
  ask(0);
}

// ---- what becomes of it

function take() {
  if (!copy) return;
  const {called, swap} = subject;
  const back = swap(copy);
  dialog.close();
  if (back) taken.push({back, called});
  tellSwapped(back, t('{name} is the fixed copy now.', {name: called}), called);
  (back ? undoButton : note).focus();
}

function undo() {
  const {back, called} = taken.pop();
  tellSwapped(back(), t('{name} is the original again.', {name: called}), called);
  note.focus();
}

function tellSwapped(isSwapped, sentence, name) {
  showNote(isSwapped ? sentence : t('{name} is not in the form any more.', {name}));
}

function showNote(text) {
  note.hidden = false;
  undoButton.hidden = !taken.length;
  setText(note.querySelector('p'), text);
}

nameParts();
listenToChoices(() => ask(REST_MS));
use.onclick = take;
again.onclick = askAgain;
find('.fix-keep').onclick = find('.fix-close').onclick = () => dialog.close();
dialog.onclose = () => {
  stopClocks();
  wish = null;
  before.clear();
  after.clear();
};
undoButton.onclick = undo;
(window.seedance.fixDialogs ??= {})[props.place] = {open, fail};
watch('value', answer);
