// Search, filters and order of the library. Scope: element, props; library_words.js.
const SEARCH_AFTER_MS = 200;
const tools = element.querySelector('.lib-tools');
const searchField = tools.querySelector('input[type=search]');
const providerField = tools.querySelector('[data-filter=provider]');
const dateField = tools.querySelector('[data-filter=date]');
const orderField = tools.querySelector('[data-filter=order]');
const favouritesButton = tools.querySelector('.only-favourites');
const viewLine = element.querySelector('.lib-view');
const view = {deleted: false, parent: null, parentPrompt: ''};    // what stands in place of the whole library
let searchTimer = 0;

// What is asked for, as Python reads it.
function readQuery() {
  return {
    search: searchField.value.trim(),
    mode: tools.querySelector('[name=lib-show]:checked').value || null,
    provider: providerField.value || null,
    since_s: sinceS(dateField.value),
    favourites: favouritesButton.getAttribute('aria-pressed') === 'true',
    deleted: view.deleted,
    parent: view.parent,
    oldest_first: orderField.value === 'oldest',
  };
}

function sinceS(days) {
  if (!days) return null;
  const midnight = new Date().setHours(0, 0, 0, 0) / 1000;    // this person's, not the server's
  return midnight - (Number(days) - 1) * DAY_S;
}

function isFiltered({oldest_first: order, deleted, ...filters}) {
  return Object.values(filters).some(Boolean);
}

function clearFilters() {
  clearTimeout(searchTimer);
  searchField.value = providerField.value = dateField.value = '';
  tools.querySelector('[name=lib-show]').checked = true;
  setAttribute(favouritesButton, 'aria-pressed', 'false');
  view.parent = null;
}

function drawTools() {
  const known = [...providerField.options].slice(1).map(({value}) => value);
  for (const {id, label} of props.providers || []) {
    if (!known.includes(id)) providerField.append(make('option', {value: id, text: label}));
  }
  for (const field of [providerField, dateField]) field.classList.toggle('is-set', field.value !== '');
  viewLine.hidden = !view.deleted && !view.parent;
  const words = t('Recently deleted. Each is kept for 24 hours, then removed for good.');
  setText(viewLine.querySelector('span'), view.deleted ? words : t('Made from “{prompt}”', {prompt: shortPrompt(view.parentPrompt)}));
}

// `onChange` is called when something else is asked for.
function listenToTools(onChange) {
  const change = () => { clearTimeout(searchTimer); onChange(); };
  searchField.oninput = () => { clearTimeout(searchTimer); searchTimer = setTimeout(onChange, SEARCH_AFTER_MS); };
  searchField.onkeydown = event => { if (event.key === 'Enter' && !event.isComposing) change(); };
  for (const field of tools.querySelectorAll('select, [type=radio]')) field.onchange = change;
  favouritesButton.onclick = () => {
    setAttribute(favouritesButton, 'aria-pressed', String(favouritesButton.getAttribute('aria-pressed') !== 'true'));
    change();
  };
  viewLine.querySelector('button').onclick = () => { Object.assign(view, {deleted: false, parent: null}); change(); };
}
