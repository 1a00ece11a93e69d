// Another file in the place of one, under the same tag: a copy that keeps the rules, or a file that a person chooses for
// one that a provider declined. Scope: as reference_tray.js.
let leaving = null;    // the card that another file shall replace

function wireReplace() {
  const chooser = make('input', {type: 'file', hidden: ''});
  chooser.onchange = () => replaceWith(leaving, chooser.files[0]);
  window.seedance.replaceReference = key => {
    leaving = readyCards().find(card => keyOf(card) === key) ?? null;
    if (!leaving) return;
    chooser.accept = `${leaving.kind}/*`;
    chooser.value = '';
    chooser.click();
  };
}

// The old card stays until the new file is here, so that no tag changes its meaning meanwhile.
async function replaceWith(old, file) {
  if (!old || !file) return;
  if (kindOf(file) !== old.kind) return setText(live, t('{name} is of another kind. {tag} stays as it is.', {name: file.name, tag: old.tag}));
  const card = newCard(file);
  setText(live, t('Adding {name}.', card));
  const answer = await uploadFile(file, {signal: card.controller.signal, onProgress() {}}).catch(error => error);
  if (answer instanceof Error) return setText(live, answer.message);
  Object.assign(card, {...answer, state: 'ready'});
  if (putInPlace(old, card)) setText(live, t('{name} is {tag}.', card));
}

// Returns the way back.
function takeCopy(card, file) {
  const copy = oldFile(file);
  return putInPlace(card, copy) && (() => putInPlace(copy, card));
}

// Returns whether the old card was still there.
function putInPlace(old, card) {
  const index = cards.indexOf(old);
  if (index < 0) return false;
  cards.splice(index, 1, card);
  forgetOrder();
  readNotes();
  publish();
  return true;
}
