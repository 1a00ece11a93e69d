/* What holds for the whole page. Value: [{tone, text}], see `ui/banners.py`; and the connection, see `connection.js`. */
const {make, icon, t, say} = window.seedance;
const TONES = {bad: {name: 'stop', role: 'alert'}, warn: {name: 'warn', role: 'status'}};
const CONNECTION = {
  waiting: t('Reconnecting… What you entered is kept, and what you clicked goes on when the server answers.'),
  gone: t('The server does not answer. What you entered is kept. If a click made a job, it is here after a reload.'),
};
const root = element.querySelector('.banners');
let connection = 'back';

function build({tone, text}) {
  const {name, role} = TONES[tone];
  return make('div', {class: `banner ${tone}`, role}, icon(name), make('p', {text: say(text)}));
}

function paint() {
  const lost = connection in CONNECTION ? [{tone: 'warn', text: CONNECTION[connection]}] : [];
  const banners = [...lost, ...(props.value ?? [])];
  root.replaceChildren(...banners.map(build));
  root.hidden = banners.length === 0;
}

document.addEventListener('seedance:connection', ({detail}) => {
  connection = detail;
  paint();
});
watch('value', paint);
paint();
