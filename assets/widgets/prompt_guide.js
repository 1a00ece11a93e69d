/* How to write a prompt, and words for it. Value: {sections, source_url}; see `ui/widgets/prompt_guide.py`. Every string
   of the value is a key of the page's languages. */
const { make, icon, setText, setAttribute, t } = window.seedance;
const KINDS = ['image', 'video', 'audio'];
const MISSING = { image: t('Add an image first.'), video: t('Add a video first.'), audio: t('Add an audio file first.') };
const TAB_ONLY = { frames: t('For the tab First & last frame.'), references: t('For the tab References.') };
const HOLE = '{caret}';
const opener = element.querySelector('.guide-open');
const dialog = element.querySelector('dialog');

const isShown = (selector) => Boolean(document.querySelector(selector)?.getClientRects().length);
function chosenTab() {
  if (window.seedance.prompt.hasReferences()) return 'references';
  return isShown('#frames .frame-slots') ? 'frames' : 'text';
}

/* ---------- sections: what is for the chosen tab first, what is for another one last ---------- */
function drawSection(section, tab, index) {
  const id = `guide-section-${index}`;
  const isHere = !section.mode || section.mode === tab;
  const node = make('section', { 'aria-labelledby': id }, make('h3', { id, text: t(section.title) }),
    make('p', { text: t(section.advice) }), make('p', { class: 'guide-example', text: t(section.example) }));
  if (!isHere) node.append(make('p', { class: 'hint', text: TAB_ONLY[section.mode] }));
  else if (section.snippets.length) node.append(drawSnippets(section.snippets, index));
  return node;
}

function draw() {
  const tab = chosenTab();
  const rank = ({ mode }) => (mode === tab ? 0 : mode ? 2 : 1);
  const { sections, source_url: sourceUrl } = props.value;
  const sorted = [...sections].sort((a, b) => rank(a) - rank(b));
  setText(dialog.querySelector('h2'), t('Prompt guide'));
  setText(dialog.querySelector('.sheet-head p'), t('Each plus puts its line into your prompt.'));
  setAttribute(dialog.querySelector('[data-act=close]'), 'aria-label', t('Close'));
  dialog.querySelector('.guide-sections').replaceChildren(...sorted.map((section, index) => drawSection(section, tab, index)));
  const source = dialog.querySelector('.guide-source a');
  setText(source, t('The official guide'));
  setAttribute(source, 'href', sourceUrl);
}

/* ---------- snippets ---------- */
// The first file of a kind that the prompt does not name yet, else the first; null where there is none.
function tagOf(kind) {
  const tags = (window.seedance.references ?? []).filter((one) => one.kind === kind).map((one) => one.tag);
  return tags.find((tag) => !window.seedance.mentioned?.has(tag)) ?? tags[0] ?? null;
}

// What is missing is said once for each kind, beside the first that needs it.
function drawSnippets(snippets, index) {
  const list = make('ul', { class: 'snippets' });
  for (const snippet of snippets) {
    const kinds = KINDS.filter((kind) => snippet.includes(`{${kind}}`));
    const missing = kinds.find((kind) => !tagOf(kind));
    const tags = kinds.map((kind) => [kind, tagOf(kind) ?? window.seedance.mentions.tag(kind, 1)]);
    const item = make('li', {}, drawSnippet(t(snippet, Object.fromEntries(tags)), missing && `guide-${index}-${missing}`));
    const isSaid = !missing || list.querySelector(`#guide-${index}-${missing}`);
    if (!isSaid) item.append(make('span', { class: 'hint', id: `guide-${index}-${missing}`, text: MISSING[missing] }));
    list.append(item);
  }
  return list;
}

function drawSnippet(words, whyNot) {
  const button = make('button', { type: 'button', class: 'btn small' }, icon('plus'), make('span', { text: words.replace(HOLE, '…') }));
  setAttribute(button, 'aria-disabled', whyNot && 'true');
  setAttribute(button, 'aria-describedby', whyNot);
  if (!whyNot) button.onclick = () => insert(words);
  return button;
}

// Closed first: a modal dialog lets nothing outside of it have the focus.
function insert(words) {
  dialog.close();
  window.seedance.prompt.insertSentence(words);
}

opener.onclick = () => {
  draw();
  dialog.showModal();
  dialog.scrollTop = 0;
};
setText(opener.querySelector('span'), t('Guide'));
