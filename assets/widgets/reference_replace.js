// Another file in the place of one that a provider declined, under the same tag. Scope: as reference_tray.js.
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
  if (!cards.includes(old)) return;
  Object.assign(card, {...answer, state: 'ready'});
  cards.splice(cards.indexOf(old), 1, card);
  forgetOrder();
  publish();
  setText(live, t('{name} is {tag}.', card));
}
