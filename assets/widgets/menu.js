// A menu behind a button, as WAI-ARIA's menu button pattern has it. The browser opens, closes (Esc, a press beside it) and
// gives the focus back: the button has the menu's id as `popovertarget`. Here are the place, the focus and the arrows.
const MENU_GAP_PX = 6;

function wireMenu(button, menu) {
  const items = () => [...menu.querySelectorAll('[role=menuitem]')].filter(item => !item.hidden);
  let first = 0;    // which item has the focus once the menu is open

  const isOpen = () => menu.matches(':popover-open');
  const close = () => { if (isOpen()) menu.hidePopover(); };

  // Below the button, or above it where there is more room; never out of the window.
  function place() {
    const at = button.getBoundingClientRect();
    const {width, height} = menu.getBoundingClientRect();
    const isAbove = at.bottom + MENU_GAP_PX + height > innerHeight && at.top > innerHeight - at.bottom;
    const top = isAbove ? at.top - MENU_GAP_PX - height : at.bottom + MENU_GAP_PX;
    const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
    Object.assign(menu.style, {top: `${Math.max(8, top)}px`, left: `${left}px`});
  }

  function openAt(which) {
    first = which;
    if (!isOpen()) menu.showPopover();
  }

  function step(to) {
    const all = items();
    all.at(to % all.length)?.focus();
  }

  // The item whose name begins with a letter that is typed, from the one that has the focus on.
  function find(letter, at) {
    const all = items();
    const inOrder = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    inOrder.find(item => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }

  menu.addEventListener('toggle', ({newState}) => {
    button.setAttribute('aria-expanded', String(newState === 'open'));
    if (newState !== 'open') return;
    place();
    items().at(first)?.focus({preventScroll: true});
    first = 0;
  });
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('keydown', event => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    openAt(event.key === 'ArrowDown' ? 0 : -1);
  });
  menu.addEventListener('keydown', event => {
    const at = items().indexOf(document.activeElement);
    const moves = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1};
    if (event.key in moves) step(moves[event.key]);
    else if (event.key === ' ') document.activeElement.click();    // a link obeys Enter only
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) find(event.key.toLowerCase(), at);
    else {
      if (event.key === 'Tab') close();
      return;
    }
    event.preventDefault();
  });
  menu.addEventListener('click', event => { if (event.target.closest('[role=menuitem]')) close(); });
  for (const event of ['scroll', 'resize']) addEventListener(event, close, {passive: true});
}
