/* The prompt: Ctrl or Cmd + Enter sends, a tag of the tray goes in at the caret, and a count near the limit. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.insertTag) return;
  const COUNT_FROM = 0.9; // of the limit: earlier a count only distracts
  const { box } = seedance.prompt;
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

  /** Put a tag in the place of what stands between two offsets, and keep it apart from the words around it. */
  seedance.prompt.insertAt = (start, end, tag) => {
    const { value } = box();
    const space = /\S$/.test(value.slice(0, start)) && !/[\p{Script=Han}(（“"'‘「]$/u.test(value.slice(0, start)) ? ' ' : '';
    const isApart = /^[\s,.;:!?)'’”"，。；：！？、）]/.test(value.slice(end));
    seedance.prompt.replace(start, end, `${space}${tag}${isApart ? '' : ' '}`);
  };

  seedance.insertTag = (tag) => {
    const area = box();
    if (!area) return;
    const [start, end] = (caret ?? [area.value.length, area.value.length]).map((at) => Math.min(at, area.value.length));
    seedance.prompt.insertAt(start, end, tag);
  };

  function count() {
    const area = box();
    const hint = document.querySelector('.prompt-hint');
    if (!area || !hint) return;
    if (hint.id && area.getAttribute('aria-describedby') === null) area.setAttribute('aria-describedby', hint.id);
    const limit = Number(hint.dataset.limit);
    const length = [...area.value].length; // characters, as Python counts them
    const near = limit > 0 && length >= COUNT_FROM * limit;
    const values = { length: length.toLocaleString(seedance.locale), limit: limit.toLocaleString(seedance.locale) };
    const text = near ? seedance.t('{length} of {limit}', values) : '';
    const counter = hint.querySelector('.count');
    if (!counter.firstChild) counter.append('');
    counter.firstChild.data = text; // no node goes: see prompt_tint.js
    counter.classList.toggle('over', length > limit);
  }
  document.addEventListener('input', (event) => { if (event.target === box()) count(); });
  seedance.onDom(count);
})();
