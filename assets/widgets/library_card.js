// One card of the library. Scope: library_words.js.

// What decides how a card is built; its marks and its age are written anew.
function looks(item) {
  const {state, is_closed: isClosed, is_missing: isMissing, is_deleted: isDeleted, flag, remote_id: remoteId, parent, children} = item;
  return JSON.stringify([state, isClosed, isMissing, isDeleted, flag, remoteId, parent, children]);
}

// `on` has a function for each thing that a person can do with a card.
function buildCard(item, on) {
  const open = make('button', {type: 'button', class: 'open'},
    isResting(item) ? buildRest(item) : buildPoster(item),
    make('span', {class: 'ttl', text: item.prompt || t('Without a prompt')}));
  open.onclick = () => on.open(item.job_id);
  const meta = make('span', {class: 'meta'});
  const card = {item, open, meta, looks: looks(item)};
  card.pick = isResting(item) || item.is_missing || item.is_deleted ? null : buildPick(item, on);
  card.star = item.is_deleted ? null : buildStar(item, on);
  const foot = make('div', {class: 'lib-foot'}, meta, item.is_deleted ? buildRestore(item, on) : buildDiscard(item, on));
  const marks = [card.pick?.parentElement, card.star].filter(Boolean);
  card.node = make('li', {class: 'lib-card'}, open, ...marks, foot, ...buildNotes(item), ...buildKin(item, on));
  if (card.pick) card.node.dataset.job = item.job_id;    // a run that can be compared
  return card;
}

function buildPoster(item) {
  const image = make('img', {alt: '', loading: 'lazy', decoding: 'async'});
  image.onerror = () => image.remove();
  if (item.poster_url) image.src = item.poster_url;
  const length = make('span', {class: 'dur', text: item.duration_s === null ? '' : formatClock(item.duration_s)});
  const missing = make('span', {class: 'state'}, icon('x'), make('span', {text: t('File missing')}));
  const poster = make('span', {class: 'poster'}, ...(item.poster_url ? [image] : []), item.is_missing ? missing : length);
  poster.classList.toggle('tall', item.height_px > item.width_px);
  poster.classList.toggle('is-missing', item.is_missing);
  return poster;
}

function buildRest({state, is_closed: isClosed}) {
  const words = isClosed ? `${RESTING[state]} · ${t('closed')}` : RESTING[state];
  const badge = make('span', {class: 'badge'}, icon(state === 'needs_key' ? 'key' : 'ask'));
  return make('span', {class: 'poster is-resting'}, badge, make('span', {text: words}));
}

function buildPick(item, on) {
  const name = t('Select “{prompt}”', {prompt: shortPrompt(item.prompt)});
  const box = make('input', {type: 'checkbox', 'aria-label': name});
  box.onchange = () => on.pick(item.job_id, box.checked);
  make('label', {class: 'pick'}, box);
  return box;
}

function buildStar(item, on) {
  const name = t('Favourite “{prompt}”', {prompt: shortPrompt(item.prompt)});
  const star = make('button', {type: 'button', class: 'star', 'aria-label': name, title: t('Favourite')}, icon('star'));
  star.onclick = () => on.favourite(item.job_id, star.getAttribute('aria-pressed') !== 'true');
  return star;
}

function buildDiscard(item, on) {
  const name = t('Delete “{prompt}”', {prompt: shortPrompt(item.prompt)});
  const button = make('button', {type: 'button', class: 'discard', 'aria-label': name, title: t('Delete')}, icon('bin'));
  button.onclick = ({detail}) => { if (detail < 2) on.discard(item.job_id); };    // the next card is under a double click
  return button;
}

function buildRestore(item, on) {
  const name = t('Restore “{prompt}”', {prompt: shortPrompt(item.prompt)});
  const button = make('button', {type: 'button', class: 'linkish restore', 'aria-label': name, text: t('Restore')});
  button.onclick = () => on.restore(item.job_id);
  return button;
}

function buildNotes(item) {
  const notes = [];
  if (isResting(item) && item.remote_id) {
    notes.push(make('span', {class: 'meta', text: t('Generation ID {id}', {id: item.remote_id})}));
  }
  if (item.flag) notes.push(make('span', {class: 'flag'}, icon('warn'), make('span', {text: say(item.flag)})));
  return notes;
}

// Where it came from, and what came from it.
function buildKin({job_id: id, prompt, parent, children}, on) {
  const lines = [];
  if (parent) {
    const from = make('button', {type: 'button', class: 'linkish', text: t('From “{prompt}”', {prompt: shortPrompt(parent.prompt)})});
    from.onclick = () => on.open(parent.job_id);
    lines.push(make('span', {class: 'kin'}, from));
  }
  if (children) {
    const made = make('button', {type: 'button', class: 'linkish', text: childrenText(children)});
    made.onclick = () => on.showChildren(id, prompt);
    lines.push(make('span', {class: 'kin'}, made));
  }
  return lines;
}
