// The newest finished videos, to take the last frame of one. Value: [{job_id, prompt, poster_url}].
const {make, setText, setAttribute, t} = window.seedance;
const root = element.querySelector('.last-frames');
const opener = root.querySelector('button');
const list = root.querySelector('ul');
const told = root.querySelector('p');
let isOpen = false;

function choose(item) {
  toggle(false);
  const words = t('The last frame is the first frame in the form now. Nothing was sent.');
  const tell = (isThere) => setText(told, isThere ? words : t('This run cannot be had any more. Reload the page.'));
  window.seedance.filling = {job: item.job_id, tell};
  trigger('use_last', {job: item.job_id});
}

function build(item) {
  const picture = make('img', {alt: '', src: item.poster_url, decoding: 'async'});
  picture.onerror = () => picture.remove();
  const title = make('span', {class: 'ttl', text: item.prompt || t('Without a prompt')});
  const button = make('button', {type: 'button'}, make('span', {class: 'poster'}, picture), title);
  button.onclick = () => choose(item);
  return make('li', {}, button);
}

function toggle(open) {
  isOpen = open;
  setAttribute(opener, 'aria-expanded', String(open));
  setText(told, '');
  draw();
  if (open) trigger('newest');
}

function draw() {
  const known = Array.isArray(props.value) ? props.value : null;    // Gradio's own empty value is a text
  const items = isOpen && known ? known : [];
  list.hidden = items.length === 0;
  list.replaceChildren(...items.map(build));
  if (isOpen) setText(told, known?.length === 0 ? t('No finished videos yet.') : '');
}

opener.onclick = () => toggle(!isOpen);
root.onkeydown = (event) => {
  if (event.key !== 'Escape' || !isOpen) return;
  event.stopPropagation();
  toggle(false);
  opener.focus();
};
watch('value', draw);
draw();
