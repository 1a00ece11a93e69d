/* What this browser remembers of the settings: `ui/memory.py` says which, and puts them back. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.rememberSettings) return;
  const KEY = 'seedance-settings';
  let isRecalled = false; // before that the form still has its defaults
  let chosen = null; // the provider that was picked by hand on this page

  function parse(text) {
    try { return JSON.parse(text) ?? {}; } catch { return {}; }
  }

  /* "" where nothing is remembered, or nothing can be. */
  seedance.rememberedSettings = () => {
    try { return localStorage.getItem(KEY) ?? ''; } catch { return ''; }
  };
  seedance.settingsRecalled = () => {
    isRecalled = true;
    if (seedance.rememberedSettings()) seedance.formChanged();
  };
  seedance.providerChosen = (provider) => { chosen = provider; };

  /* `beneath`: what stood there before Draft, as JSON; "" where nothing is covered. */
  seedance.rememberSettings = (provider, duration, auto, resolution, ratio, sound, draft, beneath) => {
    if (!isRecalled) return;
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
