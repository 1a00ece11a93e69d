/* The line beside the prompt's label, and what is wrong with the words once typing rests. Value: {tip, limit}; problems:
   see `ui/widgets/prompt_hint.py`; the count is written by prompt_box.js. */
const { setText, t } = window.seedance;
const hint = element.querySelector('.prompt-hint');
const said = element.querySelector('.said');
const REST_MS = 500;
const FILL_MS = 3000; // the files of an example come behind its words, and ask anew
let rest = 0;

// Without a tag nothing can be wrong but the length: the server is not asked for every word.
function mayBeWrong() {
  const text = window.seedance.prompt.box()?.value ?? '';
  return text.includes('@') || text.length > props.value?.limit || props.problems?.length > 0;
}
// Aloud only once typing rests, and near the limit: with every key it would drown the words.
function tellLength() {
  const { length, limit, isNear } = window.seedance.prompt.measure();
  setText(said, isNear ? t('{length} of {limit} characters.', { length, limit }) : '');
}
function plan(afterMs = REST_MS) {
  clearTimeout(rest);
  rest = setTimeout(() => {
    tellLength();
    if (mayBeWrong()) trigger('rest');
  }, afterMs);
}
function onPage(type, listener) {
  document.addEventListener(type, function listen(event) {
    if (hint.isConnected) listener(event);
    else document.removeEventListener(type, listen);
  });
}
function paint() {
  if (!props.value) return;
  hint.querySelector('.tip').textContent = window.seedance.say(props.value.tip);
  hint.dataset.limit = props.value.limit;
  hint.querySelector('.choosing').textContent = t('↑ ↓ to choose, Enter to insert');
  plan();
}
onPage('input', (event) => {
  const { box, isWriting } = window.seedance.prompt;
  if (event.target === box()) plan(isWriting() ? FILL_MS : REST_MS);
});
onPage('seedance:references', () => plan());
watch('value', paint);
watch('problems', () => window.seedance.problems?.set('prompt', props.problems ?? []));
paint();
