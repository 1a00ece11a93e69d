/* `@` in the prompt opens a list of the references, in the References tab. The keys stay in the field, which names the
   list and its active option for as long as it is open. It stays a text box: HTML lets no textarea be a combobox. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.prompt.menu) return;
  const { box } = seedance.prompt;
  const TOKEN = /(?<![\w@])@([\p{L}\p{N}_.-]{0,60})$/u; // what was typed behind an @, up to the caret
  const ID = 'mention-list';
  const WIRING = { 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox', 'aria-controls': ID };
  const GAP_PX = 4;
  const ENOUGH_PX = 150; // some options to see, and the rest to scroll to: better than a menu over what was written
  const LEAST_PX = 112;
  const node = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const list = node('ul', { role: 'listbox', id: ID });
  const none = node('p', { class: 'mention-none', role: 'status' });
  const menu = node('div', { class: 'mention-menu', hidden: '' }, list, none);
  seedance.prompt.menu = menu;
  let token = null; // {start, end, query} while the menu is open
  let shown = []; // the references on offer
  let active = 0;
  let isComposing = false; // an input method is at work: nothing is read and no key taken until it is done
  let dismissed = null; // where the @ stands whose menu was closed with Escape

  // ---- what is asked for

  function read(area) {
    if (area.selectionStart !== area.selectionEnd) return null;
    const end = area.selectionStart;
    const match = TOKEN.exec(area.value.slice(0, end));
    if (!match) return null;
    const start = match.index;
    const whole = seedance.mentions.parse(area.value).find((mention) => mention.start === start);
    if (whole && whole.end < end) return null; // a whole tag, and words right behind it
    return { start, end: Math.max(end, whole?.end ?? 0), query: match[1].toLowerCase() };
  }

  function find(query) {
    const references = seedance.references ?? [];
    return references.filter(({ tag, name }) =>
      tag.slice(1).toLowerCase().startsWith(query) || name.toLowerCase().includes(query));
  }

  // ---- open and closed

  function update({ mayOpen }) {
    const area = box();
    const asked = area && document.activeElement === area && seedance.prompt.hasReferences() ? read(area) : null;
    if (asked?.start !== dismissed) dismissed = asked ? dismissed : null;
    if (!asked || asked.start === dismissed || !(mayOpen || token)) return close();
    const isSame = token?.start === asked.start && token.query === asked.query;
    const found = find(asked.query);
    const isWhole = found.length === 1 && found[0].tag.slice(1).toLowerCase() === asked.query;
    if (isWhole) return close(); // nothing is left to choose: Enter is a new line again
    token = asked;
    shown = found;
    active = isSame ? Math.min(active, Math.max(0, shown.length - 1)) : 0;
    draw(area);
  }

  function close() {
    if (!token) return;
    token = null;
    menu.hidden = true;
    sizes.disconnect();
    const area = box();
    for (const name of [...Object.keys(WIRING), 'aria-activedescendant']) area?.removeAttribute(name);
    document.querySelector('.prompt-hint')?.classList.remove('is-choosing');
  }

  function accept() {
    const { tag } = shown[active];
    const { start, end } = token;
    close();
    seedance.prompt.insertAt(start, end, tag);
  }

  // ---- drawing

  function option({ tag, name, seconds, thumb }, index) {
    const length = seconds ? ` · ${seedance.formatClock(Math.round(seconds))}` : '';
    const what = node('span', { class: 'mention-name' }, name + length);
    const item = node('li', { role: 'option', id: `mention-${index}`, 'aria-selected': String(index === active) },
      node('span', { class: 'mention-thumb', 'aria-hidden': 'true' }, thumb()), node('b', {}, tag), what);
    item.addEventListener('pointermove', () => { if (active !== index) choose(index); });
    item.addEventListener('click', () => { active = index; accept(); });
    return item;
  }

  function draw(area) {
    const hasOptions = shown.length > 0;
    list.setAttribute('aria-label', seedance.t('References'));
    list.replaceChildren(...shown.map(option));
    list.hidden = !hasOptions;
    none.hidden = hasOptions;
    const words = hasOptions ? '' : seedance.references?.length
      ? seedance.t('No reference is called “{query}”.', { query: token.query })
      : seedance.t('No references yet. Add files above.');
    if (none.textContent !== words) none.textContent = words;
    document.getElementById('prompt-field').append(menu);
    menu.hidden = false;
    sizes.observe(area);
    sizes.observe(document.getElementById('composer'));
    for (const [name, value] of Object.entries(WIRING)) {
      if (hasOptions) area.setAttribute(name, value);
      else area.removeAttribute(name);
    }
    document.querySelector('.prompt-hint')?.classList.toggle('is-choosing', hasOptions);
    place();
    choose(active);
  }

  function choose(index) {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === index)));
    const item = list.children[index];
    if (item) box().setAttribute('aria-activedescendant', item.id);
    else box().removeAttribute('aria-activedescendant');
    if (item) list.scrollTop = Math.min(item.offsetTop - GAP_PX, Math.max(list.scrollTop, item.offsetTop + item.offsetHeight + GAP_PX - list.clientHeight));
  }

  // Under the field, or above it where the dock, the keyboard or the window's end would cover it.
  function place() {
    if (!token) return;
    const [field, area] = [document.getElementById('prompt-field'), box()].map((element) => element.getBoundingClientRect());
    const { offsetTop = 0, height = innerHeight } = window.visualViewport ?? {};
    const dock = document.getElementById('dock')?.getBoundingClientRect().top ?? Infinity;
    const below = Math.min(offsetTop + height, Math.max(dock, area.top)) - area.bottom - 2 * GAP_PX;
    const above = area.top - offsetTop - 2 * GAP_PX;
    list.style.maxHeight = '';
    const isAbove = below < Math.min(menu.offsetHeight, ENOUGH_PX) && above > below;
    list.style.maxHeight = `${Math.max(LEAST_PX, isAbove ? above : below)}px`;
    menu.style.top = `${(isAbove ? area.top - menu.offsetHeight - GAP_PX : area.bottom + GAP_PX) - field.top}px`;
  }
  // The field grows with its text, and moves when the tray does: it must not end behind the dock.
  const sizes = new ResizeObserver(() => {
    box()?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    place();
  });

  // ---- what the person does

  function onKey(event) {
    if (!token || event.target !== box() || isComposing || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const last = shown.length - 1;
    const steps = { ArrowDown: active === last ? 0 : active + 1, ArrowUp: active === 0 ? last : active - 1, Home: 0, End: last };
    if (event.key === 'Escape') {
      dismissed = token.start;
      close();
    } else if (last < 0) return;
    else if (event.key in steps) choose(steps[event.key]);
    else if (event.key === 'Enter' || event.key === 'Tab') accept();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  document.addEventListener('keydown', onKey, true);
  document.addEventListener('input', (event) => {
    if (event.target !== box() || event.isComposing || seedance.prompt.isWriting()) return;
    // Only what a hand types opens it: one character, or one taken away. Not a paste, an undo or a tag put in by a click.
    const isTyped = event.inputType === 'insertText' && [...(event.data ?? '')].length === 1;
    update({ mayOpen: isTyped || event.inputType?.startsWith('delete') });
  });
  document.addEventListener('compositionstart', (event) => { isComposing = event.target === box(); });
  document.addEventListener('compositionend', (event) => {
    isComposing = false;
    if (event.target === box()) update({ mayOpen: true });
  });
  document.addEventListener('selectionchange', () => { if (token && !isComposing) update({ mayOpen: false }); });
  document.addEventListener('focusout', (event) => { if (event.target === box()) close(); });
  document.addEventListener('seedance:references', () => { if (token) update({ mayOpen: false }); });
  // The field keeps the focus, and the keyboard of a phone stays.
  menu.addEventListener('mousedown', (event) => event.preventDefault());
  for (const [target, type] of [[window, 'resize'], [document, 'scroll'], [window.visualViewport, 'resize'], [window.visualViewport, 'scroll']]) {
    target?.addEventListener(type, place, { passive: true, capture: true });
  }
})();
