// Follows one job by its server-sent events. Used by job_card.js.
const SECOND_MS = 1000;
const MAX_RETRY_MS = 30_000;

function jobUrl(id) {
  return `/api/jobs/${encodeURIComponent(id)}`;
}

// Returns {close}. Callbacks: onSnapshot(snapshot) for every event, in order, once; onPresent(snapshot) for the job as
// it is now, since the first events of a stream are from the past; onOffline(bool); onLost() when there is no such job.
// One stream a page, and none while the page is hidden: over HTTP/1.1 a browser gives a host six connections.
function followJob(id, {onSnapshot, onPresent, onOffline, onLost}) {
  let source = null;
  let retryTimer = 0;
  let failures = 0;
  let lastSeq = 0;
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
    onSnapshot(JSON.parse(data));
  }

  async function onBroken(broken) {
    onOffline(true);
    if (broken.readyState !== EventSource.CLOSED) return;    // the browser retries by itself
    pause();                                                 // an HTTP error status: it never retries
    await ask();
    if (isClosed || document.hidden) return;
    retryTimer = setTimeout(connect, Math.min(MAX_RETRY_MS, SECOND_MS * 2 ** failures++));
  }

  async function ask() {
    let response;
    try {
      response = await fetch(jobUrl(id), {cache: 'no-store'});
    } catch {
      return;    // no network: the stream's own retry goes on
    }
    if (isClosed) return;
    if (response.status === 404) {
      close();
      onLost();
    } else if (response.ok) {
      const snapshot = await response.json();
      if (!isClosed) onPresent(snapshot);
    }
  }

  document.addEventListener('visibilitychange', onVisibility);
  if (!document.hidden) open();
  return {close};
}
