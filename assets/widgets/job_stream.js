// Follows one job by its server-sent events. Used by job_card.js.
const SECOND_MS = 1000;
const MAX_RETRY_MS = 30_000;
const REST_MS = 30_000;
const FINAL = new Set(['succeeded', 'failed', 'cancelled']);
const RESTING = new Set(['needs_attention', 'needs_key']);    // a person or a late answer can move the job on

function jobUrl(id) {
  return `/api/jobs/${encodeURIComponent(id)}`;
}

// Returns {close, look}; look() asks at once, for a job that may have moved on. Callbacks: onSnapshot(snapshot) for every
// event, in order, once; onPresent(snapshot) for the job as it is now, since the first events of a stream are from the
// past; onOffline(bool); onLost() when there is no such job.
// The server ends the stream of a job that rests: then one question in 30 seconds, until the job has moved on.
// One stream a page, and none while the page is hidden: over HTTP/1.1 a browser gives a host six connections.
function followJob(id, {onSnapshot, onPresent, onOffline, onLost}) {
  let source = null;
  let retryTimer = 0;
  let failures = 0;
  let lastSeq = 0;
  let lastState = '';
  let isClosed = false;

  function pause() {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  }

  function close() {
    isClosed = true;
    pause();
    document.removeEventListener('visibilitychange', onVisibility);
  }

  function onVisibility() {
    if (document.hidden) pause();
    else open();
  }

  function open() {
    connect();
    ask();
  }

  function connect() {
    pause();
    const mine = source = new EventSource(`${jobUrl(id)}/events`);
    mine.onopen = () => { if (mine === source) onOffline(false); };
    mine.onerror = () => { if (mine === source) onBroken(mine); };
    mine.addEventListener('job', event => { if (mine === source) onEvent(event); });
  }

  function onEvent({lastEventId, data}) {
    failures = 0;
    const seq = Number(lastEventId);
    if (seq && seq <= lastSeq) return;    // a stream that was opened again starts from the beginning
    lastSeq = seq;
    const snapshot = JSON.parse(data);
    lastState = snapshot.state;
    onSnapshot(snapshot);
  }

  async function onBroken(broken) {
    if (RESTING.has(lastState)) return rest();
    onOffline(true);
    if (broken.readyState !== EventSource.CLOSED) return;    // the browser retries by itself
    pause();                                                 // an HTTP error status: it never retries
    await ask();
    if (isClosed || document.hidden) return;
    retryTimer = setTimeout(connect, Math.min(MAX_RETRY_MS, SECOND_MS * 2 ** failures++));
  }

  function rest() {
    pause();
    retryTimer = setTimeout(look, REST_MS);
  }

  async function look() {
    const snapshot = await ask();
    if (isClosed || document.hidden) return;
    if (snapshot && !RESTING.has(snapshot.state)) connect();
    else rest();
  }

  // Returns the job as it is now; null where the server did not say.
  async function ask() {
    let response;
    try {
      response = await fetch(jobUrl(id), {cache: 'no-store'});
    } catch {
      return null;    // no network: the stream's own retry goes on
    }
    if (isClosed) return null;
    if (response.status === 404) {
      close();
      onLost();
    } else if (response.ok) {
      const snapshot = await response.json();
      if (isClosed) return null;
      onPresent(snapshot);
      return snapshot;
    }
    return null;
  }

  document.addEventListener('visibilitychange', onVisibility);
  if (!document.hidden) open();
  return {close, look: open};
}
