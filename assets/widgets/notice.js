/* A problem that is at no field: what happened, were you charged, what to do. Value: a Notice, or null. It goes when it is
   closed and when a click sends something, so that the same one, said again, is a new one. */
const { t, say } = window.seedance;
const CHARGED = { no: t('No.'), yes: t('Yes.'), unknown: t('Not known yet.') };
const card = element.querySelector('.alert');
let before = null; // what had the focus when it came
function paint() {
  const notice = props.value;
  card.hidden = !notice;
  if (!notice) return;
  card.querySelector('h2').textContent = say(notice.title);
  card.querySelector('.detail').textContent = say(notice.detail);
  card.querySelector('.charged').textContent = CHARGED[notice.charged];
  card.querySelector('.next').textContent = say(notice.next_step);
  card.scrollIntoView({ block: 'nearest' });
  if (!card.contains(document.activeElement)) before = document.activeElement;
}
function clear() {
  if (props.value) props.value = null;
}
card.querySelector('button').addEventListener('click', () => {
  clear();
  const isThere = before?.isConnected && before !== document.body;
  (isThere ? before : document.querySelector('#prompt textarea'))?.focus();
});
document.addEventListener('seedance:sending', function listen() {
  if (card.isConnected) clear();
  else document.removeEventListener('seedance:sending', listen);
});
watch('value', paint);
paint();
