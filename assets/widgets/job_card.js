// The stage: a card for each job, newest first. Scope: element, props, trigger, watch, and its parts before it:
// job_words.js, job_stream.js, job_running.js, job_ending.js, job_remedies.js, job_culprit.js, job_ways.js, job_told.js.
// A card: {id, facts, sent, root, find, live, isAside, isOnItsWay}; facts are what Python says of the job, sent what the
// click sent.
const REPLAY_MS = 5000;
const host = element.querySelector('.job-cards');
const blank = host.querySelector('.job-card').cloneNode(true);
let cards = [];
let lead = null;      // whose events are listened to
let stream = null;
let openedAt = 0;     // when its stream was opened
let endsTold = 0;     // how many ends Python was told of and has not answered yet
let unclaimed = null; // what a click sent whose jobs are not here yet

// ---- what is known

function hasEnded({live}) {
  return live.isLost || FINAL.has(live.snapshot?.state) || RESTING.has(live.snapshot?.state);
}

function isOpen(card) {
  return Boolean(card.id) && !hasEnded(card);
}

function isFinal({id, live}) {
  return Boolean(id) && (live.isLost || FINAL.has(live.snapshot?.state));
}

function leadOf() {
  return cards.find(isOpen) ?? null;
}

function take(card, snapshot) {
  card.live.snapshot = snapshot;
  card.live.isOffline = false;
  setClock(card, snapshot);
  noteStage(card, snapshot);
  noteWords(card.live, snapshot);
  plan(card);
}

// A stream replays the job from its start, which a card may know better by now.
function takeEvent(card, seq, snapshot) {
  const {live} = card;
  if (isFinal(card) || seq && seq <= live.seq) return;
  live.seq = seq;
  live.heardAt = performance.now();
  const isPast = performance.now() - openedAt < REPLAY_MS && snapshot.elapsed_s < (live.snapshot?.elapsed_s ?? 0);
  if (isPast) notePast(card, snapshot);
  else take(card, snapshot);
}

// The card that listens hears everything in its order; an answer only tells it the time, and how it ended. An answer that
// was on its way while an event or a later answer came may be older than that.
function takeAnswer(card, snapshot, askedAt) {
  setClock(card, snapshot);
  if (isFinal(card) || askedAt < card.live.heardAt) return;
  card.live.heardAt = askedAt;
  const isListening = card === lead && stream && !FINAL.has(snapshot.state) && !RESTING.has(snapshot.state);
  if (!isListening) take(card, snapshot);
}

function setOffline(card, isOffline) {
  if (card.live.isOffline === isOffline) return;
  card.live.isOffline = isOffline;
  plan(card);
}

function lose(card) {
  card.live.isLost = true;
  plan(card);
}

// ---- who listens, who is asked

const asker = askAbout({
  wanted: () => cards.filter(card => card.id && !isFinal(card) && (document.hidden || card !== lead)).map(({id}) => id),
  onAnswer(ids, snapshots, askedAt) {
    const told = new Map(snapshots.map(snapshot => [snapshot.job_id, snapshot]));
    for (const card of cards.filter(({id}) => ids.includes(id))) {
      if (told.has(card.id)) takeAnswer(card, told.get(card.id), askedAt);
      else lose(card);
    }
  },
  onSilence: ids => cards.filter(card => ids.includes(card.id) && isOpen(card)).forEach(card => setOffline(card, true)),
});

// What a stream tells first is from the past: so the card that listens is asked about too.
function askAll() {
  const ids = cards.filter(card => card.id && !isFinal(card)).map(({id}) => id);
  if (ids.length) asker.askNow(ids);
}

function listen() {
  const next = document.hidden ? null : leadOf();
  if (next === lead) return;
  // The server ends the stream of a job that ends or rests; closing it first would look like a broken one.
  if (!next && lead && hasEnded(lead) && !document.hidden) return;
  stream?.close();
  [lead, stream] = [next, null];
  if (!next) return;
  openedAt = performance.now();
  const mine = stream = listenTo(next.id, {
    onOpen: () => setOffline(next, false),
    onEvent: (seq, snapshot) => takeEvent(next, seq, snapshot),
    onBroken(isRefused) {
      if (hasEnded(next)) {
        mine.close();
        if (lead === next) [lead, stream] = [null, null];
        return;
      }
      setOffline(next, true);
      if (isRefused) asker.askNow([next.id]);
    },
  });
}

function onVisibility() {
  cards.filter(({live}) => live.unplan).forEach(draw);    // a hidden page draws no frames
  listen();
  forgetNews();
  askAll();
}

// ---- drawing

function plan(card) {
  if (card.live.unplan) return;
  const [ask, unask] = document.hidden ? [setTimeout, clearTimeout] : [requestAnimationFrame, cancelAnimationFrame];
  const planned = ask(() => draw(card));
  card.live.unplan = () => unask(planned);
}

function draw(card) {
  const {live} = card;
  live.unplan?.();
  live.unplan = null;
  if (!cards.includes(card)) return;
  if (card.id) drawJob(card);
  else drawEmpty(card);
  arrange();
}

function drawJob(card) {
  const {live} = card;
  const state = live.isLost ? 'lost' : live.snapshot?.state;
  relist(card, RESTING.has(state));
  if (!state) drawOpening(card);
  else if (!hasEnded(card)) drawRunning(card);
  else if (state === 'succeeded') end(card, state, drawReady);
  else end(card, state, drawEnding);
}

function end(card, state, drawIt) {
  const {live} = card;
  const isNews = FINAL.has(state) && !live.isTold;
  if (isNews && state === 'succeeded') {
    card.isAside = isPlayerTaken() || cards.some(({isOnItsWay}) => isOnItsWay);
    card.isOnItsWay = !card.isAside;
  }
  drawIt(card, state);
  if (!isNews) return;
  live.isTold = true;
  announce(card, state);
  if (state === 'lost') return;
  endsTold += 1;
  trigger('done', {job: card.id, state, ...(card.isAside ? {is_aside: true} : {})});
}

// A video that a person watches stays: what is finished meanwhile is offered beside it.
function isPlayerTaken() {
  return Boolean(document.querySelector('#player .player:not([hidden])'));
}

// Python has answered, or does not: a video that the player did not get is offered.
function onDoneSettled() {
  endsTold -= 1;
  if (endsTold > 0) return;
  for (const card of cards.filter(({isOnItsWay}) => isOnItsWay)) {
    Object.assign(card, {isOnItsWay: false, isAside: true});
    plan(card);
  }
}

function onShown({detail}) {
  for (const card of cards.filter(({id}) => id === detail)) {
    Object.assign(card, {isOnItsWay: false, isAside: false});
    plan(card);
  }
}

// The library lists what rests: it is out of date when a job comes to rest, or goes on.
function relist(card, isResting) {
  const {live, root} = card;
  if (live.isResting === isResting) return;
  const wasAtWork = OPEN.has(root.dataset.state);
  live.isResting = isResting;
  trigger('relist', {job: card.id});
  if (isResting && wasAtWork) announce(card, live.snapshot.state);
}

function drawEmpty(card) {
  const {root, find} = card;
  const {width_px: width, height_px: height, duration_s: seconds, sound} = props.preview;
  find('.frame').style.aspectRatio = `${width} / ${height}`;
  find('.frame').classList.toggle('tall', height > width);
  const length = seconds ? t('{seconds} seconds', {seconds}) : t('length chosen by the provider');
  setText(find('.frame .s'), [formatPixels(width, height), length, sound ? t('with sound') : t('silent')].join(' · '));
  root.removeAttribute('data-state');
  show(card, 'empty');
}

function show({root}, view) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  for (const part of root.querySelectorAll(':scope > [data-view]')) part.hidden = part.dataset.view !== view;
  root.classList.toggle('is-quiet', view === null);
  if (focused && !focused.checkVisibility()) root.focus({preventScroll: true});    // else the focus would be lost
}

// One job is shown large: the newest that is under way. The others are a line each, and open on request.
function arrange() {
  const large = leadOf();
  for (const card of cards) {
    const isSmall = isOpen(card) && card !== large;
    card.root.classList.toggle('is-small', isSmall);
    setAttribute(card.root, 'aria-label', cards.length > 1 ? shorten(card.facts.prompt) || null : null);
  }
  drawTell();
  drawTitle();
  markDeclined();
  listen();
}

function toggleOpen({root, find}) {
  const isShown = root.classList.toggle('is-open');
  setAttribute(find('.open-job'), 'aria-expanded', String(isShown));
}

// ---- the cards

function makeCard(facts) {
  const root = blank.cloneNode(true);
  const find = selector => root.querySelector(selector);
  const card = {id: facts.job_id ?? null, facts, root, find, live: newLive(), sent: null, isAside: false, isOnItsWay: false};
  setAttribute(root, 'data-job', card.id);
  setText(find('.job-what'), facts.prompt ?? '');
  STAGES.forEach(name => find('.stages').append(make('li', {}, make('b', {text: name}), make('span', {text: '–'}))));
  find('.cancel-job').onclick = () => cancel(card);
  find('.open-job').onclick = () => toggleOpen(card);
  find('.watch-video').onclick = () => window.seedance.videoAsked.ask(() => trigger('play', {job: card.id}));
  wireWays(card);
  return card;
}

// Python names jobs to show, newest first; the others that are here stay. A click on Generate clears what has ended.
function follow() {
  const told = Array.isArray(props.value) ? props.value : [];    // Gradio's HTML has an empty text for nothing
  const named = told.map(facts => cards.find(({id}) => id === facts.job_id) ?? makeCard(facts));
  const added = named.filter(card => !cards.includes(card));
  const isClick = added.some(({facts}) => facts.is_new);
  const wanted = [...named, ...cards.filter(card => !named.includes(card) && !(isClick && isFinal(card)))];
  if (!added.length && wanted.every((card, place) => card === cards[place])) return;
  put(wanted);
  giveSent();
  if (added.length) askAll();
}

// The form has other files now: what can be done about one that was declined changes with them.
function onReferences() {
  cards.filter(card => card.root.dataset.state === 'failed').forEach(drawRemedies);
}

// What a click sent comes from the dock, before its jobs or after them.
function giveSent() {
  const made = cards.filter(({facts, sent}) => facts.is_new && !sent);
  if (!made.length || !unclaimed) return;
  for (const card of made) card.sent = unclaimed;
  unclaimed = null;
}

function onSent({detail}) {
  unclaimed = detail;
  giveSent();
}

function remove(card, farewell = '') {
  const hadFocus = card.root.contains(document.activeElement);
  put(cards.filter(other => other !== card));
  setText(cards[0].find('.spoken'), farewell);
  if (hadFocus) cards[0].root.focus({preventScroll: true});
}

// Shows these cards, without those whose video is in the player by now; without any, what will be here.
function put(wanted) {
  const worth = wanted.filter(({id, root}) => id && !root.classList.contains('is-quiet'));
  cards = worth.length ? worth : [makeCard({})];
  host.replaceChildren(...cards.map(({root}) => root));
  props.value = cards.filter(({id}) => id).map(({facts}) => ({...facts, is_new: false}));
  cards.forEach(draw);
}

// ---- start

const ticker = setInterval(() => {
  if (!element.isConnected) return leave();
  cards.forEach(tick);
  drawTitle();
}, SECOND_MS);

// The widget was taken out of the page, which runs its script again when it comes back.
function leave() {
  clearInterval(ticker);
  stream?.close();
  asker.close();
  document.removeEventListener('visibilitychange', onVisibility);
  document.removeEventListener('seedance:sent', onSent);
  document.removeEventListener('seedance:references', onReferences);
  document.removeEventListener('seedance:shown', onShown);
  for (const event of ['pointerdown', 'keydown']) document.removeEventListener(event, forgetNews);
}

document.addEventListener('visibilitychange', onVisibility);
document.addEventListener('seedance:sent', onSent);
document.addEventListener('seedance:references', onReferences);
document.addEventListener('seedance:shown', onShown);
for (const event of ['pointerdown', 'keydown']) document.addEventListener(event, forgetNews);
Object.assign(window.seedance, {sendAgainSettled: onSendAgainSettled, doneSettled: onDoneSettled});
wireTold();
watch('value', follow);
watch('preview', () => { if (!cards[0].id) drawEmpty(cards[0]); });
put([]);
follow();
