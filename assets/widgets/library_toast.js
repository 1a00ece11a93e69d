// What was just deleted, and the way back; or what went wrong. Scope: element; library_words.js.
const TOAST_MS = 10_000;
const toast = element.querySelector('.lib-toast');
const toastWords = toast.querySelector('span');
const undoButton = toast.querySelector('.undo');
let toastTimer = 0;
let undo = null;    // what brings back what was deleted last
let afterToast = () => {};

function hideToast() {
  clearTimeout(toastTimer);
  const hadFocus = toast.contains(document.activeElement);
  toast.hidden = true;
  undo = null;
  if (hadFocus) afterToast();
}

// `back` undoes it, and may be null; `next` puts the focus where it belongs when the words go.
function showToast(words, back, next) {
  clearTimeout(toastTimer);
  undo = back;
  afterToast = next;
  undoButton.hidden = !back;
  toast.hidden = false;
  setText(toastWords, words);
  if (back) undoButton.focus({preventScroll: true});
  toastTimer = setTimeout(hideToast, TOAST_MS);
}

// What is under way; it stays until something else is said.
function showProgress(words) {
  showToast(words, null, () => {});
  clearTimeout(toastTimer);
}

function runUndo() {
  const back = undo;
  afterToast = () => {};
  hideToast();
  back?.();
}

function isTyping({tagName, type}) {
  return tagName === 'TEXTAREA' || (tagName === 'INPUT' && type !== 'checkbox' && type !== 'radio');
}

undoButton.onclick = runUndo;
toast.querySelector('.close').onclick = hideToast;
// Whoever reads, or is on the way to the button, is not hurried.
toast.onpointerenter = () => clearTimeout(toastTimer);
toast.onpointerleave = () => { toastTimer = setTimeout(hideToast, TOAST_MS); };
element.addEventListener('keydown', event => {
  if (!undo || isTyping(event.target)) return;
  const isUndo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (!isUndo) return;
  event.preventDefault();
  runUndo();
});
toast.addEventListener('keydown', event => { if (event.key === 'Escape') hideToast(); });
