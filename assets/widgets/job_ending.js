// How the job card shows a job that ended or rests: what happened, was it charged, what to do. Used by job_card.js.

function drawEnding(state, snapshot) {
  const words = ENDINGS[state];
  const error = snapshot?.error;
  const ways = waysOn(snapshot);
  root.dataset.state = state;
  live.topic = '';
  find('.ended').className = `ended alert ${words.tone}`;
  setAttribute(find('.badge use'), 'href', `#i-${words.icon}`);
  setText(find('.ended h2'), error?.title ?? words.title);
  setText(find('.what'), [whatText(state, error), aboutAsset(error)].filter(Boolean).join(' '));
  setText(find('.which'), snapshot ? whichText(snapshot) : '');
  find('.answer > :first-child').hidden = !snapshot;
  const [charged, more] = snapshot ? chargedText(snapshot) : ['', ''];
  setText(find('.charged'), charged);
  setText(find('.charged-more'), more);
  setText(find('.next-step'), nextStep(state, snapshot, ways));
  find('.go-silent').hidden = error?.code !== 'moderation_audio';
  drawWays(snapshot, ways);
  markDeclined(error);
  find('details').hidden = !error?.detail;
  setText(find('details p'), error?.detail ?? '');
  setText(find('summary'), state === 'failed' ? 'Provider’s words' : 'Details');    // of what rests, the words are ours
  setText(find('.spoken'), `${find('.ended h2').textContent}. ${charged && `Were you charged? ${charged}`}`);
  show('ended');
}

// Lights up the card of the reference that the provider names, where it is still in the tray.
function markDeclined(error) {
  const {sentReferences = []} = window.seedance;
  window.seedance.declined = sentReferences.find(({tag}) => error?.asset && tag === error.asset)?.key ?? null;
  document.dispatchEvent(new Event('seedance:declined'));
}

// Never sends: it unticks Sound, and leaves Generate to the person.
function goSilent() {
  const sound = document.querySelector('#sound input[type=checkbox]');
  if (sound?.checked) sound.click();
  document.getElementById('generate')?.focus();
}

function aboutAsset(error) {
  return !error?.asset || error.title.includes(error.asset) ? '' : `It is about ${error.asset}.`;
}

function whichText({mode, provider, created_at: created, remote_id: remoteId}) {
  const time = new Date(created).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'});
  const parts = [MODES[mode] ?? mode, props.providers?.[provider]?.label ?? provider, time];
  return [...parts, ...(remoteId ? [`generation ID ${remoteId}`] : [])].join(' · ');
}
