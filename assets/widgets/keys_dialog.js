/* Keys and limits: what each provider needs and allows, and a question to it whether its key is good.
   Value: a list of providers; result: {id, provider, text, ok}; see `ui/widgets/keys_dialog.py`. */
const {make, setText, t, say, language} = window.seedance;
const list = element.querySelector('.keys');
let answered = null;

function variableLine(variables) {
  const line = make('p');
  variables.forEach(({name, is_set: isSet}, index) => {
    line.append(index ? language.between_items : '', make('code', {text: name}), isSet ? ` ${t('is set')}` : ` ${t('is not set')}`);
  });
  line.append(t('.'));
  return line;
}

function drawProvider({id, label, is_available: isAvailable, variables, lines, docs_url: docsUrl, can_check: canCheck}) {
  const state = make('span', {class: isAvailable ? 'is-set' : 'is-off', text: isAvailable ? t('Ready') : t('Not available')});
  const item = make('li', {'data-provider': id}, make('div', {class: 'who'}, make('b', {text: label}), state));
  if (variables.length) item.append(variableLine(variables));
  item.append(...lines.map(text => make('p', {text: say(text)})));
  if (docsUrl) {
    const text = t('Documentation of {label}', {label});
    item.append(make('p', {}, make('a', {href: docsUrl, target: '_blank', rel: 'noreferrer', text})));
  }
  if (canCheck) item.append(drawCheck(id, label));
  return item;
}

function drawCheck(id, label) {
  const button = make('button', {type: 'button', class: 'btn small', text: t('Check key'),
    'aria-label': t('Check key of {label}', {label})});
  button.onclick = () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    setText(button.nextSibling, t('Asking {label}…', {label}));
    trigger('check', {provider: id});
  };
  return make('div', {class: 'key-check'}, button, make('span', {role: 'status'}));
}

function paint() {
  list.replaceChildren(...(props.value ?? []).map(drawProvider));
}

function answer() {
  const {result} = props;
  if (!result || result.id === answered) return;
  answered = result.id;
  const check = [...list.children].find(item => item.dataset.provider === result.provider)?.querySelector('.key-check');
  if (!check) return;
  check.firstChild.removeAttribute('aria-disabled');
  check.lastChild.className = result.ok ? 'is-set' : 'is-off';
  setText(check.lastChild, say(result.text));
}

// Gradio does not say which of the questions that are open got no answer; an answer to another one writes over this.
window.seedance.keyCheckFailed = () => {
  for (const button of list.querySelectorAll('.key-check button[aria-disabled]')) {
    button.removeAttribute('aria-disabled');
    button.nextSibling.className = 'is-off';
    setText(button.nextSibling, t('The page got no answer. Try again.'));
  }
};

watch('value', paint);
watch('result', answer);
paint();
