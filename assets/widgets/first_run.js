// What to do first, for somebody who never made a video here: it stands in the place of the label above the examples, so
// that nothing moves, and is gone for good once a run is on the page or it was closed. Scope: element.
const FIRST_RUN_KEY = 'seedance-first-run';
const firstRun = element.querySelector('.first-run');

function readFirstRun() {
  try { return localStorage.getItem(FIRST_RUN_KEY) === null; } catch { return false; } // where it cannot be remembered
}

function showFirstRun() {
  const {setText, setAttribute, t} = window.seedance;
  setText(firstRun.querySelector('.do'), t('Pick an example or write, then Generate.'));
  setText(firstRun.querySelector('.free'), t('The animatic is free, no key.'));
  const close = firstRun.querySelector('button');
  setAttribute(close, 'aria-label', t('Close the hint'));
  close.onclick = () => {
    endFirstRun();
    window.seedance.prompt.box()?.focus();
  };
  firstRun.hidden = false;
}

function endFirstRun() {
  firstRun.hidden = true;
  try { localStorage.setItem(FIRST_RUN_KEY, 'over'); } catch { /* private mode: until the next load */ }
}

if (readFirstRun()) {
  showFirstRun();
  window.seedance.onDom(() => {
    if (!firstRun.hidden && document.querySelector('#stage [data-job], #library .lib-cards > li')) endFirstRun();
  });
}
