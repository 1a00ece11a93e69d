// What a person can choose about a copy: which part of the picture is kept, and where a clip begins. Scope: element, and
// fix_sides.js before it. `chosen` is what the sliders say, {focus, start_s}; `onChoice` is called when one is let go.
const focusField = element.querySelector('.fix-focus');
const startField = element.querySelector('.fix-start');
const focusSlider = focusField.querySelector('input');
const startSlider = startField.querySelector('input');
const kept = make('div', {class: 'fix-kept'});
let crop = null;       // {axis: 'x' | 'y', part}

setText(focusField.querySelector('span'), t('Which part to keep'));
setText(startField.querySelector('span'), t('Start at'));
setAttribute(startSlider, 'aria-label', t('Start at'));    // without the seconds, which are its value

const chosen = () => ({focus: Number(focusSlider.value) / 100, start_s: Number(startSlider.value)});

function resetChoices() {
  focusSlider.value = 50;
  startSlider.value = 0;
  offerChoices({});
}

function offerChoices({crop_axis: axis = null, kept_part: part = 1, latest_start_s: latest = 0}) {
  crop = axis && {axis, part};
  focusField.hidden = !axis;
  startField.hidden = !latest;
  if (latest) startSlider.max = latest;
  showChoices();
}

// The part that is kept, as a frame over the file.
function showChoices() {
  const seconds = t('{seconds} s', {seconds: Number(startSlider.value).toFixed(1)});
  setText(startField.querySelector('output'), seconds);
  setAttribute(startSlider, 'aria-valuetext', seconds);
  setAttribute(focusSlider, 'aria-valuetext', t('{percent} %', {percent: focusSlider.value}));
  const frame = element.querySelector('[data-side=before] .fix-frame');
  if (!crop || !frame) return kept.remove();
  const offset = `${(1 - crop.part) * Number(focusSlider.value)}%`;
  const length = `${crop.part * 100}%`;
  const [left, top, width, height] = crop.axis === 'x' ? [offset, 0, length, '100%'] : [0, offset, '100%', length];
  Object.assign(kept.style, {left, top, width, height, cursor: crop.axis === 'x' ? 'ew-resize' : 'ns-resize'});
  if (kept.parentElement !== frame) frame.append(kept);
}

// The frame follows the pointer; the slider says the same.
function dragKept(event) {
  if (!crop || !kept.hasPointerCapture(event.pointerId)) return;
  const box = kept.parentElement.getBoundingClientRect();
  const moved = crop.axis === 'x' ? event.movementX / box.width : event.movementY / box.height;
  focusSlider.value = Number(focusSlider.value) + (moved / (1 - crop.part)) * 100;
  showChoices();
}

function listenToChoices(onChoice) {
  kept.onpointerdown = event => { kept.setPointerCapture(event.pointerId); };
  kept.onpointermove = dragKept;
  kept.onpointerup = onChoice;
  for (const slider of [focusSlider, startSlider]) {
    slider.oninput = showChoices;
    slider.onchange = onChoice;
  }
}
