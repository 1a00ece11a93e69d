// The ways on from a job that rests (A7). Used by job_card.js. Asking and closing cost nothing and go to our routes;
// sending again spends, and goes through the page as Generate does.

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

function drawWays(card, ways) {
  const {find, live} = card;
  find('.check-again').hidden = !ways.check;
  find('.find-video').hidden = !ways.find;
  find('.send-again').hidden = !ways.send;
  find('.close-job').hidden = !ways.close;
  find('.evidence').hidden = !ways.evidence;
  if (!ways.find) showFindForm(card, false);
  if (ways.send) setText(find('.send-again'), live.isSending ? t('Sending…') : sendAgainText(live.snapshot.cost));
  setAttribute(find('.evidence'), 'href', ways.evidence && `${jobUrl(card.id)}/evidence.json`);
}

// Resolves to {snapshot} or to {words}: why not, for a person.
async function post(id, verb, body) {
  const options = {method: 'POST'};
  if (body) Object.assign(options, {headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  try {
    const response = await fetch(`${jobUrl(id)}/${verb}`, options);
    if (response.ok) return {snapshot: await response.json()};
    const {detail} = await response.json();
    return {words: typeof detail === 'string' ? say(detail) : UNANSWERED};
  } catch {    // no network, or an answer that is not ours
    return {words: UNANSWERED};
  }
}

function setBusy({root, live}, isBusy) {
  live.isBusy = isBusy;
  for (const button of root.querySelectorAll('.ended button')) setAttribute(button, 'aria-disabled', isBusy && 'true');
}

function sayOutcome({find}, words) {
  setText(find('.outcome'), words);
}

// Asks the server for a way on, one at a time. Resolves to what it said.
async function ask(card, verb, asking, body) {
  setBusy(card, true);
  sayOutcome(card, asking);
  const answer = await post(card.id, verb, body);
  setBusy(card, false);
  sayOutcome(card, answer.words ?? '');
  return answer;
}

function goOn(card, snapshot, foundNothing) {
  if (RESTING.has(snapshot.state)) return sayOutcome(card, foundNothing);
  Object.assign(card.live, {spokenFirst: FOUND, heardAt: performance.now()});
  take(card, snapshot);
}

async function checkAgain(card) {
  const {label} = providerOf(card.live.snapshot);
  const answer = await ask(card, 'check-again', t('Asking {label}…', {label}));
  if (answer.snapshot) goOn(card, answer.snapshot, nothingNew(label));
}

function showFindForm({find}, isShown) {
  find('.find-form').hidden = !isShown;
  setAttribute(find('.find-video'), 'aria-expanded', String(isShown));
  setAttribute(find('.generation-id'), 'aria-invalid', null);
}

function toggleFindForm(card) {
  const isShown = card.find('.find-form').hidden;
  showFindForm(card, isShown);
  sayOutcome(card, '');
  if (isShown) card.find('.generation-id').focus();
}

async function findVideo(card, event) {
  event.preventDefault();
  if (card.live.isBusy) return;
  const field = card.find('.generation-id');
  const id = field.value.trim();
  setAttribute(field, 'aria-invalid', id ? null : 'true');
  if (!id) {
    sayOutcome(card, t('Paste the generation ID first.'));
    return field.focus();
  }
  const {label} = providerOf(card.live.snapshot);
  const answer = await ask(card, 'find-video', t('Asking {label} for {id}…', {label, id}), {generation_id: id});
  if (answer.snapshot) return goOn(card, answer.snapshot, notThisOne(label));
  setAttribute(field, 'aria-invalid', 'true');
  field.focus();
}

async function closeJob(card) {
  const answer = await ask(card, 'close', t('Closing…'));
  if (!answer.snapshot) return;
  remove(card, CLOSED);
  trigger('closed', {job: card.id});
}

async function tryNow(card) {
  const {find, live} = card;
  if (live.isBusy) return;
  live.isBusy = true;
  setAttribute(find('.try-now'), 'aria-disabled', 'true');
  const {words} = await post(card.id, 'try-now');
  live.isBusy = false;
  setAttribute(find('.try-now'), 'aria-disabled', null);
  if (words) setText(find('.trouble-line span'), words);
}

// One job is sent again once, however often this is asked for: what comes of it has a card of its own.
function sendAgain(card) {
  const {find, live} = card;
  live.isSending = true;
  setBusy(card, true);
  setText(find('.send-again'), t('Sending…'));
  sayOutcome(card, '');
  document.dispatchEvent(new Event('seedance:sending'));
  trigger('send_again', {job: card.id});
}

// The page's event has come back, with a job or without.
function onSendAgainSettled() {
  for (const card of cards.filter(({live}) => live.isSending)) {
    card.live.isSending = false;
    setBusy(card, false);
    setText(card.find('.send-again'), sendAgainText(card.live.snapshot.cost));
  }
}

function wireWays(card) {
  const {find, live} = card;
  const ways = {
    'check-again': checkAgain, 'find-video': toggleFindForm, 'send-again': sendAgain, 'close-job': closeJob,
  };
  for (const [name, run] of Object.entries(ways)) find(`.${name}`).onclick = () => { if (!live.isBusy) run(card); };
  find('.find-form').onsubmit = event => findVideo(card, event);
  find('.try-now').onclick = () => tryNow(card);
}
