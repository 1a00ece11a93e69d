/* What this browser remembers of the settings: `ui/memory.py` says which, and puts them back. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.rememberSettings) return;
  const KEY = 'seedance-settings';
  const WAITS = '#mode-tabs .tab-wrapper, #fields > :not(#prompt-field), #dock';
  let isRecalled = false; // before that the form still has its defaults
  let early = null; // what was changed before that, where there was nothing to put back
  let chosen = null; // the provider that was picked by hand on this page

  function parse(text) {
    try { return JSON.parse(text) ?? {}; } catch { return {}; }
  }

  /* "" where nothing is remembered, or nothing can be. */
  seedance.rememberedSettings = () => {
    try { return localStorage.getItem(KEY) ?? ''; } catch { return ''; }
  };

  /* A form that was kept over a switch of language is put back whole (language_switch.js). */
  const isFormKept = (() => {
    try { return sessionStorage.getItem('seedance-form') !== null; } catch { return false; }
  })();
  seedance.settingsToRecall = () => (isFormKept ? '' : seedance.rememberedSettings());

  /* What is about to be put back cannot be changed for a moment: it would undo the change, or a price be missed. */
  function hold(isHeld) {
    for (const part of document.querySelectorAll(WAITS)) if (part.inert !== isHeld) part.inert = isHeld;
  }
  if (seedance.rememberedSettings()) seedance.onDom(() => { if (!isRecalled) hold(true); });

  seedance.settingsRecalled = () => {
    if (isRecalled) return;
    isRecalled = true;
    hold(false);
    if (seedance.rememberedSettings()) seedance.formChanged();
    else if (early) seedance.rememberSettings(...early);
  };
  document.addEventListener('seedance:connection', ({ detail }) => { if (detail === 'gone') seedance.settingsRecalled(); });

  seedance.providerChosen = (provider) => { chosen = provider; };

  /* `beneath`: what stood there before Draft, as JSON; "" where nothing is covered. */
  seedance.rememberSettings = (...values) => {
    if (!isRecalled) {
      early = values;
      return;
    }
    const [provider, duration, auto, resolution, ratio, sound, draft, beneath] = values;
    const settings = {
      provider: provider === chosen ? provider : parse(seedance.rememberedSettings()).provider,
      duration_s: duration,
      auto_duration: auto,
      resolution,
      aspect_ratio: ratio,
      generate_audio: sound,
      draft,
      ...parse(beneath),
    };
    try { localStorage.setItem(KEY, JSON.stringify(settings)); } catch { /* private mode: for this page only */ }
  };
})();
