// One click that does what a problem asks for. Used by job_card.js. Which error has which is told by domain/remedies.py.
// A remedy only fills the form and leaves Generate to the person; it never sends.

const TABS = ['text', 'frames', 'references'];

const REMEDIES = {
  replace: {
    label: card => t('Replace {asset}', assetOf(card)),
    may: card => isInForm(card) && (isFrame(card) || Boolean(window.seedance.replaceReference)), run: replaceFile,
  },
  remove: {
    label: card => t('Remove {asset} and try again', assetOf(card)),
    may: card => isInForm(card) && card.live.snapshot.error.asset !== 'first frame', run: card => pressOnFile(card, 'remove'),
  },
  silence: {label: () => t('Again without sound'), may: ({facts}) => facts.has_sound !== false, run: goSilent},
  lower: {
    label: ({facts}) => t('Make it {resolution}', {resolution: facts.lower_resolution}),
    may: ({facts}) => Boolean(facts.lower_resolution), run: ({facts}) => choose('resolution', facts.lower_resolution),
  },
  shorten: {
    label: ({facts}) => t('Shorten to {seconds} s', {seconds: facts.shorter_s}),
    may: ({facts}) => Boolean(facts.shorter_s), run: ({facts}) => setDuration(facts.shorter_s),
  },
  animatic: {
    label: () => t('Use the animatic'),
    may: ({live}) => !live.isResting && live.snapshot.provider !== 'animatic', run: () => choose('provider', 'animatic'),
  },
  keys: {label: () => t('Open Keys and limits'), may: () => Boolean(keysDialog()), run: () => keysDialog().showModal(), isDialog: true},
};

function drawRemedies(card) {
  const {find, live} = card;
  const named = live.snapshot?.error ? props.remedies?.[live.snapshot.error.code] ?? [] : [];
  markDeclined();
  const offered = named.filter(name => REMEDIES[name].may(card));
  const box = find('.remedies');
  if (box.dataset.offered === offered.join()) return;
  box.dataset.offered = offered.join();
  box.replaceChildren(...offered.map((name, place) => remedyButton(card, name, place)));
}

function remedyButton(card, name, place) {
  const {label, run, isDialog} = REMEDIES[name];
  const button = make('button', {type: 'button', class: place ? 'btn' : 'btn tonal', 'data-remedy': name, text: label(card)});
  button.onclick = () => {
    if (!REMEDIES[name].may(card)) return sayOutcome(card, t('This file is not in the form any more.'));
    if (!isDialog) openTabOf(card);
    if (!isDialog) document.getElementById('generate')?.focus();    // before a file picker, which gives the focus back
    run(card);
    if (!isDialog && name !== 'replace') document.getElementById('generate')?.focus();
  };
  return button;
}

// ---- the file that it is about

function assetName(asset) {
  return {'first frame': t('first frame'), 'last frame': t('last frame')}[asset] ?? asset;
}

function assetOf({live}) {
  return {asset: assetName(live.snapshot.error.asset)};
}

function declinedKey(card) {
  return declinedFile(card)?.key ?? null;
}

function isInForm(card) {
  const key = declinedKey(card);
  const {references = [], frames = []} = window.seedance;
  return Boolean(key) && [...references, ...frames].some(file => file.key === key);
}

function isFrame({live}) {
  return live.snapshot.mode === 'frames';
}

// Lights up the card of the file that the provider of the newest such job declined, where it is still in the form.
function markDeclined() {
  const failed = cards.filter(card => card.root.dataset.state === 'failed' && declinedKey(card));
  light(failed.length ? declinedKey(failed[0]) : null);
}

function light(key) {
  if ((window.seedance.declined ?? null) === key) return;
  window.seedance.declined = key;
  document.dispatchEvent(new Event('seedance:declined'));
}

// The button of that name on the card of the file, wherever that stands by now.
function pressOnFile(card, name) {
  light(declinedKey(card));
  document.querySelector(`:is(#references .ref, #frames .slot).declined .${name}`)?.click();
}

function replaceFile(card) {
  if (isFrame(card)) pressOnFile(card, 'replace');
  else window.seedance.replaceReference(declinedKey(card));
}

// ---- the form

function openTabOf({live}) {
  const tab = document.querySelectorAll('#mode-tabs [role=tab]')[TABS.indexOf(live.snapshot.mode)];
  if (tab?.getAttribute('aria-selected') === 'false') tab.click();
}

function goSilent() {
  const sound = document.querySelector('#sound input[type=checkbox]');
  if (sound?.checked) sound.click();
}

function choose(setting, value) {
  document.querySelector(`#${setting} input[value="${value}"]`)?.click();
}

function setDuration(seconds) {
  const auto = document.querySelector('#auto-duration input[type=checkbox]');
  if (auto?.checked) auto.click();
  const field = document.querySelector('#duration input[type=number]');
  if (!field) return;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, seconds);
  for (const name of ['input', 'change', 'blur']) field.dispatchEvent(new Event(name, {bubbles: true}));
}

function keysDialog() {
  return document.getElementById('keys-dialog');
}
