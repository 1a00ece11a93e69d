// The ways on from a job that rests (A7). Used by job_card.js. Asking and closing cost nothing and go to our routes;
// sending again spends, and goes through the page as Generate does.

let farewell = '';    // said once the card has let go of the job

// Which ways there are; `snapshot` is null for a job that the server does not know.
function waysOn(snapshot) {
  const {state, error, provider, remote_id: remoteId} = snapshot ?? {};
  const facts = props.providers?.[provider];
  const isResting = RESTING.has(state) && Boolean(facts);
  const isLost = isResting && state === 'needs_attention' && !remoteId && error?.charged !== 'no';
  return {
    check: isResting && Boolean(remoteId) || isLost && facts.can_be_asked,
    find: isLost && !facts.free && props.own_machine,
    send: isResting && state === 'needs_attention',
    close: RESTING.has(state),
    evidence: Boolean(snapshot),
  };
}

function drawWays(snapshot, ways) {
  find('.check-again').hidden = !ways.check;
  find('.find-video').hidden = !ways.find;
  find('.send-again').hidden = !ways.send;
  find('.close-job').hidden = !ways.close;
  find('.evidence').hidden = !ways.evidence;
  if (!ways.find) showFindForm(false);
  if (ways.send) setText(find('.send-again'), live.isSending ? 'Sending…' : sendAgainText(snapshot.cost));
  setAttribute(find('.evidence'), 'href', ways.evidence && `${jobUrl(job)}/evidence.json`);
}

function resetWays() {
  showFindForm(false);
  find('.generation-id').value = '';
  setBusy(false);
  sayOutcome('');
}

// Resolves to {snapshot} or to {words}: why not, for a person.
async function post(id, verb, body) {
  const options = {method: 'POST'};
  if (body) Object.assign(options, {headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  try {
    const response = await fetch(`${jobUrl(id)}/${verb}`, options);
    if (response.ok) return {snapshot: await response.json()};
    const {detail} = await response.json();
    return {words: typeof detail === 'string' ? detail : UNANSWERED};
  } catch {    // no network, or an answer that is not ours
    return {words: UNANSWERED};
  }
}

function setBusy(isBusy) {
  live.isBusy = isBusy;
  for (const button of root.querySelectorAll('.ended button')) setAttribute(button, 'aria-disabled', isBusy && 'true');
}

function sayOutcome(words) {
  setText(find('.outcome'), words);
}

// Asks the server for a way on, one at a time. Resolves to what it said; null where the card shows another job by now.
async function ask(verb, asking, body) {
  const id = job;
  setBusy(true);
  sayOutcome(asking);
  const answer = await post(id, verb, body);
  if (id !== job) return null;
  setBusy(false);
  sayOutcome(answer.words ?? '');
  return answer;
}

function goOn(snapshot, foundNothing) {
  if (RESTING.has(snapshot.state)) return sayOutcome(foundNothing);
  live.spokenFirst = FOUND;
  take(snapshot);
  stream.look();
}

async function checkAgain() {
  const {label} = providerOf(live.snapshot);
  const answer = await ask('check-again', `Asking ${label}…`);
  if (answer?.snapshot) goOn(answer.snapshot, nothingNew(label));
}

function showFindForm(isShown) {
  find('.find-form').hidden = !isShown;
  setAttribute(find('.find-video'), 'aria-expanded', String(isShown));
  setAttribute(find('.generation-id'), 'aria-invalid', null);
}

function toggleFindForm() {
  const isShown = find('.find-form').hidden;
  showFindForm(isShown);
  sayOutcome('');
  if (isShown) find('.generation-id').focus();
}

async function findVideo(event) {
  event.preventDefault();
  if (live.isBusy) return;
  const field = find('.generation-id');
  const generationId = field.value.trim();
  setAttribute(field, 'aria-invalid', generationId ? null : 'true');
  if (!generationId) {
    sayOutcome('Paste the generation ID first.');
    return field.focus();
  }
  const {label} = providerOf(live.snapshot);
  const answer = await ask('find-video', `Asking ${label} for ${generationId}…`, {generation_id: generationId});
  if (!answer) return;
  if (answer.snapshot) return goOn(answer.snapshot, notThisOne(label));
  setAttribute(field, 'aria-invalid', 'true');
  field.focus();
}

async function closeJob() {
  const id = job;
  const answer = await ask('close', 'Closing…');
  if (!answer?.snapshot) return;
  farewell = CLOSED;
  trigger('closed', {job: id});
}

async function tryNow() {
  if (live.isBusy) return;
  const id = job;
  live.isBusy = true;
  setAttribute(find('.try-now'), 'aria-disabled', 'true');
  const {words} = await post(id, 'try-now');
  if (id !== job) return;
  live.isBusy = false;
  setAttribute(find('.try-now'), 'aria-disabled', null);
  if (words) setText(find('.trouble-line span'), words);
}

// One click, one job: the token stays until the new job is here, so that a click that is sent twice makes one job.
function sendAgain() {
  live.token ??= window.seedance.newToken();
  live.isSending = true;
  setBusy(true);
  setText(find('.send-again'), 'Sending…');
  sayOutcome('');
  trigger('send_again', {job, token: live.token});
}

// The page's event has come back, with a job or without.
function onSendAgainSettled() {
  if (!live.isSending) return;
  live.isSending = false;
  setBusy(false);
  if (live.snapshot) setText(find('.send-again'), sendAgainText(live.snapshot.cost));
}

function wireWays() {
  const ways = {
    'check-again': checkAgain, 'find-video': toggleFindForm, 'send-again': sendAgain, 'close-job': closeJob,
  };
  for (const [name, run] of Object.entries(ways)) find(`.${name}`).onclick = () => { if (!live.isBusy) run(); };
  find('.find-form').onsubmit = findVideo;
  window.seedance.sendAgainSettled = onSendAgainSettled;
  document.addEventListener('seedance:connection', ({detail}) => { if (detail === 'gone') onSendAgainSettled(); });
}
