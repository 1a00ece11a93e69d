/* The prompt: Ctrl or Cmd + Enter sends, and a count near the limit. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.prompt.measure) return;
  const COUNT_FROM = 0.9; // of the limit: earlier a count only distracts
  const { box } = seedance.prompt;

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== box()) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) document.getElementById('generate')?.click();
  }, true);

  /** The length of the text against the limit of the provider: {length, limit, isNear, isOver}. */
  seedance.prompt.measure = () => {
    const limit = Number(document.querySelector('.prompt-hint')?.dataset.limit);
    const length = [...(box()?.value ?? '')].length; // characters, as Python counts them
    return { length, limit, isNear: limit > 0 && length >= COUNT_FROM * limit, isOver: limit > 0 && length > limit };
  };

  function count() {
    const area = box();
    const hint = document.querySelector('.prompt-hint');
    if (!area || !hint) return;
    if (hint.id && area.getAttribute('aria-describedby') === null) area.setAttribute('aria-describedby', hint.id);
    const { length, limit, isNear, isOver } = seedance.prompt.measure();
    const values = { length: length.toLocaleString(seedance.locale), limit: limit.toLocaleString(seedance.locale) };
    const counter = hint.querySelector('.count');
    if (!counter.firstChild) counter.append('');
    counter.firstChild.data = isNear ? seedance.t('{length} of {limit}', values) : ''; // no node goes: see prompt_tint.js
    counter.classList.toggle('over', isOver);
  }
  document.addEventListener('input', (event) => { if (event.target === box()) count(); });
  seedance.onDom(count);
})();
