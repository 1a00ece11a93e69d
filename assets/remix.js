/* A finished run as the start of the next one: what it brings into the form, and how long the form descends from it. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.formFilled) return;
  let parent = '';
  let isFresh = false; // filled just now, and what that changes in the media is still to come
  let brought = new Set(); // paths and links that stood in the form when it was filled from `parent`

  /* What was asked for: {job, tell(isThere)}. Python has answered: where the form descends from that run now, the
     person goes on at the prompt. */
  seedance.formFilled = (from) => {
    const asked = seedance.filling;
    seedance.filling = null;
    asked?.tell(asked.job === from);
    if (asked?.job !== from) return;
    isFresh = !asked.isSeen;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const prompt = document.querySelector('#prompt textarea');
    prompt?.focus({ preventScroll: true });
    const top = document.getElementById('composer')?.getBoundingClientRect().top ?? 0;
    if (top >= 0 && top < innerHeight / 3) return;
    document.getElementById('composer')?.scrollIntoView({ behavior: isCalm ? 'auto' : 'smooth', block: 'start' });
  };

  /* The run that the form descends from, after its media changed; none once nothing is left of what the run brought. */
  seedance.keptParent = (isShown, media, current) => {
    if (!isShown || !current) return current;
    const keys = media.filter(Boolean).map((item) => item.path ?? item.url);
    const { filling } = seedance;
    if (current !== parent || filling || isFresh) {
      if (filling) filling.isSeen = true;
      isFresh = false;
      parent = current;
      brought = new Set(keys);
    }
    return keys.some((key) => brought.has(key)) ? current : '';
  };
})();
