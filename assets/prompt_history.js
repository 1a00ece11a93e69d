/* The prompt's text as others change it, and one line of undo for the prompt and the reference tray: what the tray
   did is undone by the same Ctrl or Cmd + Z that undoes typing, each in its turn.

   The browser keeps the undo of the text, since only it can. A change of the tray is remembered with the text before
   and after it; it is next in line while the text stands as it left it. */
(() => {
  'use strict';
  const seedance = (window.seedance ??= {});
  if (seedance.prompt) return; // Gradio may add the head again
  const MOST_STEPS = 100;
  const box = () => document.querySelector('#prompt textarea');
  let done = []; // {before, after, undo, redo, isBuried}: texts, ways to change the tray, whether text was typed since
  let undone = [];
  let isWriting = false;

  // ---- writing, so that the browser can undo it

  // Deprecated, and still the only way in that undo knows of. False where the browser has none.
  const insert = (text) => (text ? document.execCommand('insertText', false, text) : document.execCommand('delete'));

  function replace(area, start, end, text) {
    const { value } = area;
    area.setSelectionRange(start, end);
    if (start === end && !text) return;
    if (insert(text) && area.value === value.slice(0, start) + text + value.slice(end)) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')
      .set.call(area, value.slice(0, start) + text + value.slice(end));
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  // The field must have the focus to be written to: it gives it back, and asks for no keyboard meanwhile.
  function withFocus(area, task) {
    const focused = document.activeElement;
    const { inputMode } = area;
    isWriting = true;
    area.inputMode = 'none';
    area.focus({ preventScroll: true });
    try { task(); } finally {
      area.inputMode = inputMode;
      isWriting = false;
    }
    if (focused !== area) focused?.focus({ preventScroll: true });
  }

  // Only what differs is written, and the caret stays beside the letters it stood at.
  function rewrite(area, text) {
    const old = area.value;
    let start = 0;
    while (start < old.length && old[start] === text[start]) start += 1;
    let tail = 0;
    while (tail < Math.min(old.length, text.length) - start && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
    const end = old.length - tail;
    const follow = (at) => (at <= start ? at : at >= end ? at + text.length - old.length : Math.min(at, text.length - tail));
    const caret = [area.selectionStart, area.selectionEnd].map(follow);
    const { scrollTop } = area;
    replace(area, start, end, text.slice(start, text.length - tail));
    area.setSelectionRange(...caret);
    area.scrollTop = scrollTop;
  }

  // ---- the line of undo

  const isNext = (step, text) => Boolean(step) && !step.isBuried && text === step.after;

  /** Remember a change of the tray, and let the prompt follow. Returns whether the prompt changed. */
  function follow({ rewritten, undo, redo }) {
    const area = box();
    const before = area?.value ?? '';
    const after = rewritten(before);
    if (after !== before) withFocus(area, () => rewrite(area, after));
    done = [...done.slice(1 - MOST_STEPS), { before, after, undo, redo, isBuried: false }];
    undone = [];
    return after !== before;
  }

  // The browser's own undo where it leads to that text; else the text is written anew.
  function goTo(text, command) {
    const area = box();
    if (!area || area.value === text) return;
    withFocus(area, () => {
      document.execCommand(command);
      if (area.value !== text) rewrite(area, text);
    });
  }

  /** Undo the last change of the tray; false where something else is next. */
  function undo() {
    const step = done.at(-1);
    if (!isNext(step, box()?.value ?? '')) return false;
    undone.push(done.pop());
    goTo(step.before, 'undo');
    step.undo();
    return true;
  }

  function redo() {
    const step = undone.at(-1);
    if (!step || step.before !== (box()?.value ?? '')) return false;
    done.push(undone.pop());
    goTo(step.after, 'redo');
    step.redo();
    return true;
  }

  // Undo from a menu of the browser, which no key tells of.
  function onEdit(event) {
    if (event.target !== box() || isWriting) return;
    const now = event.target.value;
    const isHistory = event.inputType?.startsWith('history');
    const [from, to] = event.inputType === 'historyRedo' ? [undone, done] : [done, undone];
    const step = from.at(-1);
    if (!isHistory) undone = [];
    else if (step && !step.isBuried && step.before !== step.after && now === (from === done ? step.before : step.after)) {
      to.push(from.pop());
      if (from === done) step.undo();
      else step.redo();
    }
    const last = done.at(-1);
    if (last) last.isBuried = !isHistory || now !== last.after;
  }
  document.addEventListener('input', onEdit, true);

  document.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing || !'zy'.includes(key)) return;
    const isOurs = event.target === box() || event.target === document.body
      || (event.target.closest?.('.reference-tray') && !event.target.matches('input'));
    if (!isOurs) return;
    const isRedo = key === 'y' || event.shiftKey;
    if (!(isRedo ? redo() : undo())) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  seedance.prompt = {
    box,
    replace(start, end, text) {
      const area = box();
      area.focus({ preventScroll: true });
      replace(area, start, end, text);
    },
    /** Write another text in the place of the whole, as one step for undo; the focus stays where it is. */
    write(text) {
      const area = box();
      if (area && area.value !== text) withFocus(area, () => rewrite(area, text));
    },
    follow,
    undo,
    /** Whether the page changes the text: nobody types. */
    isWriting: () => isWriting,
    /** Forget the tray's changes: it holds other media now. */
    forget() { done = []; undone = []; },
  };
})();
