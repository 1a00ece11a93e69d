// The switch between languages, in the header. The page speaks another language once it is loaded anew, and the form is
// kept over that, in this tab only. Scope: element, trigger.
const {languages, language, chooseLanguage, make, t} = window.seedance;
const KEPT = 'seedance-form';
const opener = element.querySelector('.language');
const menu = element.querySelector('.language-menu');

function choose(lang) {
  menu.hidePopover();
  if (lang === language.lang) return;
  chooseLanguage(lang);
  trigger('leave');
}

function build({lang, name}) {
  const isChosen = lang === language.lang;
  const button = make('button', {type: 'button', class: 'btn ghost', lang, text: name, 'aria-pressed': String(isChosen)});
  button.autofocus = isChosen;
  button.onclick = () => choose(lang);
  return button;
}

// Gradio gives the form's values, in the order in which `keptForm` returns them: at first without the settings at the places
// `later`, then with them, once the choices are there that the kept provider offers.
let kept = null;
window.seedance.leaveForm = (...values) => {
  try { sessionStorage.setItem(KEPT, JSON.stringify(values)); } catch { /* private mode: the form starts anew */ }
  location.reload();
};

window.seedance.keptForm = (later = []) => {
  kept ??= JSON.parse(sessionStorage.getItem(KEPT));
  sessionStorage.removeItem(KEPT);
  return [{__type__: 'update', selected: kept[0]}, ...kept.map((value, at) => (later.includes(at) ? {__type__: 'update'} : value))];
};

// What the form is about to hold, as long as it is being put back; else null.
window.seedance.formAsKept = () => kept;
window.seedance.formIsBack = () => { kept = null; };

function hasKept() {
  try { return sessionStorage.getItem(KEPT) !== null; } catch { return false; }
}

opener.querySelector('span').textContent = language.name;
opener.setAttribute('aria-label', t('Language: {name}', {name: language.name}));
opener.hidden = languages.length < 2;
menu.replaceChildren(...languages.map(build));
menu.onbeforetoggle = () => {
  const {bottom, right} = opener.getBoundingClientRect();
  Object.assign(menu.style, {top: `${bottom + 4}px`, right: `${document.documentElement.clientWidth - right}px`});
};
if (hasKept()) trigger('come_back');
