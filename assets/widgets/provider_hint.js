/* What the chosen provider is, or why it cannot be used here. Value: {hint, off, moved, notes}. */
const { say } = window.seedance;
const line = element.querySelector('.line');
const moved = element.querySelector('.moved');
function paint() {
  const value = props.value;
  if (!value) return;
  line.textContent = say(value.off ?? value.hint);
  line.classList.toggle('off', value.off !== null);
  moved.textContent = say(value.moved ?? '');
}
function paintNotes() {
  for (const [id, note] of Object.entries(props.value?.notes ?? {})) {
    const input = [...document.querySelectorAll('#provider input')].find((radio) => radio.value === id);
    const name = input?.closest('label').querySelector('span');
    if (name && name.dataset.note !== say(note)) name.dataset.note = say(note);
  }
}
watch('value', paint);
paint();
window.seedance.onDom(paintNotes);
