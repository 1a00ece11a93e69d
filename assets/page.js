/* What the whole page needs: names for assistive technology, the two themes, dialogs, the form token. */
(() => {
  'use strict';
  const seedance = (window.seedance ??= {});
  const { t } = seedance;
  if (seedance.onDom) return; // Gradio may add the head again; handlers must not be bound twice.

  /* ---------- what runs after the page's tree changed, at most once a frame ---------- */
  const tasks = [];
  let planned = false;
  const run = () => { planned = false; tasks.forEach((task) => task()); };
  const plan = () => { if (!planned) { planned = true; requestAnimationFrame(run); } };
  seedance.onDom = (task) => { tasks.push(task); plan(); };
  // Names too: Gradio gives a radio that changed its own name back, and arrow keys would stop there (see nameRadios).
  new MutationObserver(plan).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['name'] });

  /* ---------- names ---------- */
  const put = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const region = (id, label) => {
    const element = document.getElementById(id);
    put(element, 'role', 'region');
    put(element, 'aria-label', label);
  };
  function nameRadios(fieldset) {
    const title = fieldset.querySelector('[data-testid=block-info]');
    if (!title) return;
    title.id ||= `${fieldset.id}-label`;
    put(fieldset, 'role', 'radiogroup');
    put(fieldset, 'aria-labelledby', title.id);
    // Gradio gives each radio a name of its own; arrow keys move within one name only.
    fieldset.querySelectorAll('input[type=radio]').forEach((radio) => put(radio, 'name', fieldset.id));
  }
  seedance.onDom(() => {
    region('composer', t('Composer'));
    region('stage', t('Stage'));
    document.querySelectorAll('fieldset.seg').forEach(nameRadios);
    put(document.querySelector('#mode-tabs [role=tablist]'), 'aria-label', t('What the video starts from'));
    put(document.querySelector('#duration .tab-like-container'), 'data-unit', t('s'));
    put(document.querySelector('#duration .tab-like-container'), 'data-auto', t('Auto'));
    put(document.querySelector('#duration input[type=range]'), 'aria-label', t('Duration'));
    put(document.querySelector('#duration input[type=number]'), 'aria-label', t('Duration in seconds'));
    put(document.querySelector('#prompt textarea'), 'aria-keyshortcuts', 'Control+Enter Meta+Enter');
  });

  /* Arrow keys move between tabs, as the tabs pattern wants. */
  document.addEventListener('keydown', (event) => {
    const tab = event.target.closest?.('#mode-tabs [role=tab]');
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const tabs = [...tab.parentElement.querySelectorAll('[role=tab]')];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    event.preventDefault();
    next.focus();
    next.click();
  });

  /* ---------- themes ---------- */
  const KEY = 'seedance-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  function paintTheme() {
    const dark = (chosen() ?? (system.matches ? 'dark' : 'light')) === 'dark';
    for (const element of [root, document.body]) {
      if (element.classList.contains('dark') !== dark) element.classList.toggle('dark', dark);
    }
    put(document.querySelector('[data-act=theme]'), 'aria-label', dark ? t('Switch to the light theme') : t('Switch to the dark theme'));
  }
  function switchTheme() {
    const next = root.classList.contains('dark') ? 'light' : 'dark';
    const own = next === (system.matches ? 'dark' : 'light') ? null : next;
    try { own ? localStorage.setItem(KEY, own) : localStorage.removeItem(KEY); } catch { /* private mode: for this page only */ }
    root.classList.toggle('dark', next === 'dark');
    document.body.classList.toggle('dark', next === 'dark');
    paintTheme();
  }
  system.addEventListener('change', paintTheme);
  // Gradio follows the system by itself and would undo a choice.
  new MutationObserver(paintTheme).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  seedance.onDom(paintTheme);

  /* ---------- buttons of the header and of dialogs ---------- */
  const actions = {
    theme: switchTheme,
    keys: () => document.getElementById('keys-dialog')?.showModal(),
    close: (button) => button.closest('dialog')?.close(),
    'to-prompt': () => document.querySelector('#prompt textarea')?.focus(),
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-act]');
    if (button && actions[button.dataset.act]) {
      event.preventDefault();
      actions[button.dataset.act](button);
    } else if (event.target.matches?.('dialog.sheet')) {
      event.target.close(); // a click beside the sheet
    }
  });

  /* ---------- the form token ---------- */
  /* One click, one job: the same form keeps its token until its job is known, so that a click that is sent
     twice answers with the same job. Another form, or the next click, has another. */
  let token = null;
  let form = '';
  seedance.newToken = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  seedance.formToken = (values) => {
    const now = JSON.stringify(values);
    if (token === null || now !== form) {
      form = now;
      token = seedance.newToken();
    }
    return token;
  };
  seedance.jobArrived = () => {
    token = null;
    seedance.showStage();
  };

  /* Bring the stage into view, where its top is out of it. */
  seedance.showStage = () => {
    const stage = document.getElementById('stage');
    const top = stage?.getBoundingClientRect().top ?? 0;
    if (top >= 0 && top < innerHeight / 3) return;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    stage?.scrollIntoView({ behavior: isCalm ? 'auto' : 'smooth', block: 'start' });
  };
})();
