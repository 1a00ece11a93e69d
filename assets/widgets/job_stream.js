// How the stage learns what its jobs do. Scope: props. Used by job_card.js. One card listens to server-sent events; the
// others, and every card while the page is hidden, are asked about together: over HTTP/1.1 a browser gives a host six
// connections.
const SECOND_MS = 1000;
const MAX_RETRY_MS = 30_000;
const ASK_MS = 10_000;
const OPEN = new Set(['queued', 'uploading', 'submitting', 'running', 'downloading']);
const FINAL = new Set(['succeeded', 'failed', 'cancelled', 'lost']);
const RESTING = new Set(['needs_attention', 'needs_key']);    // a person or a late answer can move the job on

function jobUrl(id) {
  return `/api/jobs/${encodeURIComponent(id)}`;
}

// Follows one job; returns {close}. onEvent(seq, snapshot) for every event from the job's start on; onOpen() when the
// server answers; onBroken(isRefused) when it does not: refused by an HTTP status, or else the network is to blame.
function listenTo(id, {onOpen, onEvent, onBroken}) {
  let source = null;
  let retryTimer = 0;
  let failures = 0;

  function close() {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  }

  function connect() {
    close();
    const mine = source = new EventSource(`${jobUrl(id)}/events`);
    mine.onopen = () => { if (mine === source) onOpen(); };
    mine.addEventListener('job', ({lastEventId, data}) => {
      if (mine !== source) return;
      failures = 0;
      onEvent(Number(lastEventId), JSON.parse(data));
    });
    mine.onerror = () => {
      if (mine !== source) return;
      const isRefused = mine.readyState === EventSource.CLOSED;    // else the browser retries by itself
      if (isRefused) retryTimer = setTimeout(connect, Math.min(MAX_RETRY_MS, SECOND_MS * 2 ** failures++));
      onBroken(isRefused);
    };
  }

  connect();
  return {close};
}

// Asks about many jobs, once in ten seconds; returns {askNow, close}. wanted() gives their ids, none for nothing to ask;
// onAnswer(ids, snapshots, askedAt) for each question, where a job that is missing does not exist; onSilence(ids) without
// one.
function askAbout({wanted, onAnswer, onSilence}) {
  let timer = 0;
  let isClosed = false;

  async function askNow(only = wanted()) {
    clearTimeout(timer);
    const ids = [...only];
    const most = props.most_ids;
    for (let start = 0; start < ids.length; start += most) await askFor(ids.slice(start, start + most));
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(askNow, ASK_MS);
  }

  async function askFor(ids) {
    const query = ids.map(id => `id=${encodeURIComponent(id)}`).join('&');
    const askedAt = performance.now();
    let snapshots = null;
    try {
      const response = await fetch(`/api/jobs?${query}`, {cache: 'no-store'});
      if (response.ok) snapshots = await response.json();
    } catch { /* no network, or an answer that is not ours: asked again later */ }
    if (isClosed) return;
    if (snapshots) onAnswer(ids, snapshots, askedAt);
    else onSilence(ids);
  }

  return {askNow, close: () => { isClosed = true; clearTimeout(timer); }};
}
