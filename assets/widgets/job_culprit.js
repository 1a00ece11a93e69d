// The picture of the file that a provider declined, beside what is said of it. Used by job_card.js.

// What the click on Generate sent under the name that the provider says, whether it is still in the form or not.
function declinedFile({sent, live}) {
  const asset = live.snapshot?.error?.asset;
  return asset ? sent?.find(({tag}) => tag === asset) ?? null : null;
}

// Drawn once: the card in the form that lends the picture may be gone later.
function drawCulprit(card) {
  const box = card.find('.culprit');
  const file = declinedFile(card);
  box.hidden = !file?.thumb;
  if (box.hidden || box.hasChildNodes()) return;
  setAttribute(box, 'aria-label', t('{asset}, {name}', {asset: assetName(file.tag), name: file.name}));
  box.append(file.thumb());
}
