/* The page's events outlive a restart of the server (B2).
   Gradio 6.31 answers a broken connection with a dialog, and loads the page anew once the server is back: what was typed
   would be gone. So an event that got no answer is sent again for a while; each is harmless to send twice, since the
   ones that spend carry a form token. After that each is tried once only, until one is answered.
   `seedance:connection` tells the page: waiting, back or gone. */
(() => {
  'use strict';
  const seedance = (window.seedance ??= {});
  if (seedance.sendEvent) return; // Gradio may add the head again
  const EVENT = /\/gradio_api\/run\/predict$/;
  const AGAIN_MS = 1000;
  const GIVE_UP_MS = 120_000;
  const AWAY = new Set([502, 503, 504]); // a proxy's word for a server that is not there
  const plainFetch = window.fetch.bind(window);
  let waiting = 0;
  let isGone = false;

  const tell = (state) => document.dispatchEvent(new CustomEvent('seedance:connection', { detail: state }));
  const pause = () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

  /* Resolves to a whole answer; null where there was none. */
  async function tryOnce(input, init) {
    try {
      const response = await plainFetch(input, init);
      return AWAY.has(response.status) ? null : new Response(await response.blob(), response);
    } catch {
      return null;
    }
  }

  /* Resolves to an answer; null once the server has been away for too long. */
  async function tryForAWhile(input, init) {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    let response = null;
    waiting += 1;
    tell('waiting');
    while (!response && performance.now() < giveUpAt) {
      await pause();
      response = await tryOnce(input, init);
    }
    waiting -= 1;
    return response;
  }

  seedance.sendEvent = async (input, init) => {
    const wasLost = isGone || waiting > 0;
    let response = await tryOnce(input, init);
    if (response && !wasLost) return response;
    response ??= isGone ? null : await tryForAWhile(input, init);
    isGone = !response;
    if (isGone) tell('gone');
    else if (waiting === 0) tell('back');
    // What Gradio's own server says of a handler that broke: the page goes on.
    return response ?? Response.json({ error: null }, { status: 500 });
  };

  window.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    return EVENT.test(url.pathname) ? seedance.sendEvent(input, init) : plainFetch(input, init);
  };
})();
