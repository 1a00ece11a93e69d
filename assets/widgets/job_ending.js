// How a card shows a job that ended or rests: what happened, was it charged, what to do. Used by job_card.js.

function drawEnding(card, state) {
  const {root, find, live} = card;
  const snapshot = live.isLost ? null : live.snapshot;
  const words = ENDINGS[state];
  const error = snapshot?.error;
  const ways = waysOn(snapshot);
  root.dataset.state = state;
  live.topic = '';
  find('.ended').className = `ended alert ${words.tone}`;
  setAttribute(find('.badge use'), 'href', `#i-${words.icon}`);
  setText(find('.ended h2'), say(error?.title) ?? words.title);
  setText(find('.what'), sentences(whatText(state, error), aboutAsset(error)));
  setText(find('.which'), snapshot ? whichText(snapshot) : '');
  setText(find('.about'), card.facts.prompt ?? '');
  find('.answer > :first-child').hidden = !snapshot;
  const [charged, more] = snapshot ? chargedText(snapshot) : ['', ''];
  setText(find('.charged'), charged);
  setText(find('.charged-more'), more);
  setText(find('.next-step'), nextStep(state, snapshot, ways));
  drawCulprit(card);
  drawRemedies(card);
  drawWays(card, ways);
  find('.ended details').hidden = !error?.detail;
  setText(find('.ended details p'), say(error?.detail ?? ''));
  setText(find('.ended summary'), state === 'failed' ? t('Provider’s words') : t('Details'));    // of what rests, the words are ours
  const wasCharged = charged && t('Were you charged? {answer}', {answer: charged});
  setText(find('.spoken'), sentences(t('{title}.', {title: find('.ended h2').textContent}), wasCharged));
  show(card, 'ended');
}

function aboutAsset(error) {
  if (!error?.asset || error.title.includes(error.asset)) return '';
  const frame = {'first frame': t('It is about the first frame.'), 'last frame': t('It is about the last frame.')}[error.asset];
  return frame ?? t('It is about {asset}.', {asset: error.asset});
}

function whichText({mode, provider, created_at: created, remote_id: remoteId}) {
  const time = new Date(created).toLocaleTimeString(locale, {hour: '2-digit', minute: '2-digit'});
  const parts = [MODES[mode] ?? mode, props.providers?.[provider]?.label ?? provider, time];
  return [...parts, ...(remoteId ? [t('generation ID {id}', {id: remoteId})] : [])].join(' · ');
}

// A video that is ready is shown by the player; where that does not have it, the card offers it.
function drawReady(card) {
  const {root, find} = card;
  root.dataset.state = 'succeeded';
  setText(find('.spoken'), t('Your video is ready.'));
  setText(find('.ready-what'), card.facts.prompt ?? '');
  show(card, card.isAside ? 'ready' : null);
}
