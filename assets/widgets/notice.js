/* A problem that is at no field: what happened, were you charged, what to do. Value: a Notice, or null. */
const { t, say } = window.seedance;
const CHARGED = { no: t('No.'), yes: t('Yes.'), unknown: t('Not known yet.') };
const card = element.querySelector('.alert');
function paint() {
  const notice = props.value;
  card.hidden = !notice;
  if (!notice) return;
  card.querySelector('h2').textContent = say(notice.title);
  card.querySelector('.detail').textContent = say(notice.detail);
  card.querySelector('.charged').textContent = CHARGED[notice.charged];
  card.querySelector('.next').textContent = say(notice.next_step);
  card.scrollIntoView({ block: 'nearest' });
}
card.querySelector('button').addEventListener('click', () => { card.hidden = true; });
watch('value', paint);
paint();
