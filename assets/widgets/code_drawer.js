/* A request as code. Value: {id, about, code, problems}; see `ui/widgets/code_drawer.py`.
   Opened by any button with data-code: "form", or "job" inside of an element with data-job. */
const { make, setText, setAttribute, t, say, locale } = window.seedance;
const LABELS = { curl: 'curl', python: 'Python', javascript: 'JavaScript' };
const dialog = element.querySelector('dialog');
const tabs = dialog.querySelector('[role=tablist]');
const panel = dialog.querySelector('.code');
const problems = dialog.querySelector('.no-code');
const copy = dialog.querySelector('.copy');
const said = dialog.querySelector('.said');
let opener = null;
let asked = null; // the id of the question whose answer is waited for
let programs = [];
let chosen = 'curl';

function open(button) {
  opener = button;
  show({ about: button.dataset.code, code: null, problems: [] });
  setText(dialog.querySelector('.about'), t('Writing the code…'));
  setAttribute(dialog, 'aria-busy', 'true');
  dialog.showModal();
  asked = Math.random().toString(36).slice(2);
  const question = { id: asked, origin: location.origin };
  if (button.dataset.code === 'form') trigger('of_form', question);
  else trigger('of_job', { ...question, job: button.closest('[data-job]').dataset.job });
}

/* An event failed, and nobody knows which: the answer to this question may come all the same. */
window.seedance.noCode = () => {
  if (!asked) return;
  const sentence = t('The page got no answer. Nothing was sent. Close this and try again.');
  show({ about: opener.dataset.code, code: null, problems: [sentence] });
};

function show({ about, code, problems: sentences }) {
  setAttribute(dialog, 'aria-busy', null);
  setText(dialog.querySelector('h2'), about === 'form' ? t('Code for this form') : t('Code for this run'));
  setText(dialog.querySelector('.about'), code ? aboutCode(code) : sentences.length ? t('There is no code yet.') : '');
  programs = code?.programs ?? [];
  const hasCode = programs.length > 0;
  tabs.hidden = panel.hidden = !hasCode;
  dialog.querySelector('.drawer-foot').hidden = !hasCode;
  setText(dialog.querySelector('.lock span'), hasCode ? aboutKeys(code) : '');
  const why = code && !hasCode ? [t('There is no code for this provider yet.')] : sentences;
  problems.replaceChildren(...why.map((text) => make('p', { text: say(text) })));
  problems.hidden = why.length === 0;
  drawTabs();
}

function aboutCode({ is_drawn_here: isHere, provider_label: provider, duration_s: seconds, resolution }) {
  const length = seconds ? t('{seconds} s', { seconds }) : t('Auto length');
  if (isHere) return t('The animatic is drawn here: this asks the app itself. {length}, {resolution}.', { length, resolution });
  return t('The same request, ready for your own program. {provider}, {length}, {resolution}.', { provider, length, resolution });
}

function aboutKeys({ is_drawn_here: isHere, variables }) {
  if (isHere) return t('No key is needed, and nothing is charged.');
  const names = new Intl.ListFormat(locale).format(variables);
  return t('Your key is never in the code. Set {names} where you run it.', { names });
}

/* ---------- languages, by the tabs pattern ---------- */
function drawTabs() {
  if (programs.length && !programs.some(({ language }) => language === chosen)) chosen = programs[0].language;
  tabs.replaceChildren(...programs.map(({ language }) => {
    const tab = make('button', { type: 'button', role: 'tab', id: `code-${language}`, 'aria-controls': panel.id, text: LABELS[language] });
    tab.onclick = () => choose(language);
    return tab;
  }));
  if (programs.length) choose(chosen);
}

function choose(language) {
  chosen = language;
  for (const tab of tabs.children) {
    const isChosen = tab.id === `code-${language}`;
    setAttribute(tab, 'aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  setAttribute(panel, 'aria-labelledby', `code-${language}`);
  panel.querySelector('code').replaceChildren(...colourCode(language, codeOf(language)));
  panel.scrollTop = 0;
  setCopied(false);
}

function codeOf(language) {
  return programs.find((program) => program.language === language).code;
}

tabs.onkeydown = (event) => {
  const all = [...tabs.children];
  const now = all.indexOf(event.target);
  const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 }[event.key];
  if (now < 0 || next === undefined) return;
  event.preventDefault();
  const tab = all.at(next % all.length);
  tab.click();
  tab.focus();
};

/* ---------- copy ---------- */
function setCopied(isCopied) {
  setText(copy.querySelector('span'), isCopied ? t('Copied') : t('Copy'));
  setAttribute(copy.querySelector('use'), 'href', isCopied ? '#i-check' : '#i-copy');
  if (!isCopied) setText(said, '');
}

copy.onclick = async () => {
  try {
    await navigator.clipboard.writeText(codeOf(chosen));
  } catch { // not allowed here, as in a frame or without https: the person's own keys still are
    getSelection().selectAllChildren(panel.querySelector('code'));
    panel.focus();
    setText(said, t('The browser does not let this page copy. The code is selected: copy it with the keyboard.'));
    return;
  }
  setCopied(true);
  setText(said, t('The {language} code is copied.', { language: LABELS[chosen] }));
};

/* ---------- opening and closing ---------- */
function onClick(event) {
  if (!element.isConnected) return document.removeEventListener('click', onClick);
  const button = event.target.closest?.('[data-code]');
  if (button) open(button);
}
document.addEventListener('click', onClick);
dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); }; // beside the drawer
dialog.onclose = () => {
  asked = null;
  opener?.focus();
};

watch('value', () => {
  const { value } = props;
  if (!asked || value?.id !== asked) return; // it came late
  asked = null;
  show(value);
});
