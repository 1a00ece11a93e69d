/* The line beside the prompt's label. Value: {tip, limit}; the count is written by prompt_box.js. */
const hint = element.querySelector('.prompt-hint');
function paint() {
  if (!props.value) return;
  hint.querySelector('.tip').textContent = props.value.tip;
  hint.dataset.limit = props.value.limit;
}
watch('value', paint);
paint();
