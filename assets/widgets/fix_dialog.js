// `Fix it`: a file beside the copy that keeps the rules. Scope: element, props, trigger, watch, and fix_choices.js before
// it. Cards open it by window.seedance.fixDialogs[place](subject): {target, called, kind, preview, wire}.
const dialog = element.querySelector('dialog');
const find = name => dialog.querySelector(name);
const before = sideOf('before');
const after = sideOf('after');
const status = find('.fix-status');
const use = find('.fix-use');
const note = element.querySelector('.fix-note');
const undoButton = note.querySelector('.fix-undo');
const id = `fix-${Math.random().toString(36).slice(2)}`;
const SLOW_MS = 4000;
let subject = null;
let wish = null;        // the id of what was asked for last
let copy = null;        // the file that was made of it
let taken = [];         // {out, into, called}: what can be undone, the last one last
let slow = 0;

function nameParts() {
  const title = find('h2');
  title.id = id;
  dialog.setAttribute('aria-labelledby', id);
  find('.fix-close').setAttribute('aria-label', t('Close'));
  setText(before.figure.querySelector('figcaption'), t('Before'));
  setText(after.figure.querySelector('figcaption'), t('After'));
  setText(use, t('Use this'));
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
  ask();
  use.focus();
}

// ---- the copy

function ask() {
  wish = Math.random().toString(36).slice(2);
  copy = null;
  setBusy(true);
  setText(status, t('Fixing…'));
  clearTimeout(slow);
  slow = setTimeout(() => setText(status, t('Fixing… A long video can take a minute.')), SLOW_MS);
  trigger('fix', {id: wish, target: subject.target, ...chosen()});
}

function setBusy(isBusy) {
  setAttribute(dialog, 'aria-busy', isBusy);
  setAttribute(use, 'aria-disabled', String(isBusy));
  dialog.classList.toggle('is-busy', isBusy);
}

function answer() {
  const value = props.value;
  if (!value || value.id !== wish || !dialog.open) return;
  wish = null;
  clearTimeout(slow);
  setAttribute(dialog, 'aria-busy', false);
  dialog.classList.remove('is-busy');
  status.classList.toggle('is-bad', Boolean(value.error));
  if (value.error) {
    after.clear();
    setText(status, say(value.error));
    return;
  }
  copy = value.file;
  before.tell(say(value.before));
  after.show(subject.kind, copy.url, t('After'));
  after.tell(say(value.after));
  find('.fix-changes').replaceChildren(...value.changes.map(text => make('li', {text: say(text)})));
  offerChoices(value);
  setAttribute(use, 'aria-disabled', 'false');
  setText(status, t('The copy is ready.'));
}

// ---- what becomes of it

function take() {
  if (!copy || use.getAttribute('aria-disabled') === 'true') return;
  taken.push({out: copy.path, into: subject.wire, called: subject.called});
  trigger('swap', {out: subject.wire.path, into: copy});
  dialog.close();
  showNote(t('{name} is the fixed copy now.', {name: subject.called}));
  undoButton.focus();
}

function undo() {
  const {out, into, called} = taken.pop();
  trigger('swap', {out, into});
  showNote(t('{name} is the original again.', {name: called}));
  note.focus();
}

function showNote(text) {
  note.hidden = false;
  undoButton.hidden = !taken.length;
  setText(note.querySelector('p'), text);
}

nameParts();
listenToChoices(ask);
use.onclick = take;
find('.fix-keep').onclick = find('.fix-close').onclick = () => dialog.close();
dialog.onclose = () => {
  clearTimeout(slow);
  wish = null;
  before.clear();
  after.clear();
};
undoButton.onclick = undo;
(window.seedance.fixDialogs ??= {})[props.place] = open;
watch('value', answer);
