/* The prompt: Ctrl or Cmd + Enter sends, a tag of the tray goes in at the caret, and a count near the limit. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.insertTag) return;
  const COUNT_FROM = 0.9; // of the limit: earlier a count only distracts
  const box = () => document.querySelector('#prompt textarea');
  let caret = null; // [start, end] while the field had focus; a click on a tag takes the focus away

  document.addEventListener('selectionchange', () => {
    const area = box();
    if (area && document.activeElement === area) caret = [area.selectionStart, area.selectionEnd];
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== box()) return;
    event.preventDefault();
    event.stopPropagation();
    document.getElementById('generate')?.click();
  }, true);

  function setValue(area, value) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(area, value);
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  seedance.insertTag = (tag) => {
    const area = box();
    if (!area) return;
    const [start, end] = (caret ?? [area.value.length, area.value.length]).map((at) => Math.min(at, area.value.length));
    const before = area.value.slice(0, start);
    const after = area.value.slice(end);
    const text = (/\S$/.test(before) ? ' ' : '') + tag + (/^[\s,.;:!?)]/.test(after) ? '' : ' ');
    area.focus();
    area.setSelectionRange(start, end);
    // Deprecated, and still the only way in that undo knows of.
    if (!document.execCommand('insertText', false, text)) {
      setValue(area, before + text + after);
      requestAnimationFrame(() => area.setSelectionRange(start + text.length, start + text.length));
    }
  };

  function count() {
    const area = box();
    const hint = document.querySelector('.prompt-hint');
    if (!area || !hint) return;
    if (hint.id && area.getAttribute('aria-describedby') === null) area.setAttribute('aria-describedby', hint.id);
    const limit = Number(hint.dataset.limit);
    const length = [...area.value].length; // characters, as Python counts them
    const near = limit > 0 && length >= COUNT_FROM * limit;
    const text = near ? `${length.toLocaleString('en')} of ${limit.toLocaleString('en')}` : '';
    const counter = hint.querySelector('.count');
    if (counter.textContent !== text) counter.textContent = text;
    counter.classList.toggle('over', length > limit);
  }
  document.addEventListener('input', (event) => { if (event.target === box()) count(); });
  seedance.onDom(count);
})();
