/* A problem that is at no field: what happened, were you charged, what to do. Value: a Notice, or null. */
const CHARGED = { no: 'No.', yes: 'Yes.', unknown: 'Not known yet.' };
const card = element.querySelector('.alert');
function paint() {
  const notice = props.value;
  card.hidden = !notice;
  if (!notice) return;
  card.dataset.code = notice.code;
  card.querySelector('h2').textContent = notice.title;
  card.querySelector('.detail').textContent = notice.detail;
  card.querySelector('.charged').textContent = CHARGED[notice.charged];
  card.querySelector('.next').textContent = notice.next_step;
  card.scrollIntoView({ block: 'nearest' });
}
card.querySelector('button').addEventListener('click', () => { card.hidden = true; });
watch('value', paint);
paint();
