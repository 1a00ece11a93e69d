// From the player's Compare: the other run is chosen in the library, and a bar above it says so.
function pickInLibrary(bar, {onPick}) {
  const {setText, t} = window.seedance;
  const words = bar.querySelector('p');
  const CARD = '#library li';
  let chosen = null;      // job_id of the first run
  let opener = null;

  function idOf(card) {
    return card.dataset.job ?? /\/media\/([0-9a-f]{32})\.jpg/.exec(card.querySelector('img')?.getAttribute('src') ?? '')?.[1];
  }

  function start(jobId, from) {
    chosen = jobId;
    opener = from;
    bar.hidden = false;
    document.documentElement.classList.add('is-picking');
    setText(words, t('Choose the run to compare with in the library.'));
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    bar.scrollIntoView({behavior: isCalm ? 'auto' : 'smooth', block: 'start'});
    const others = [...document.querySelectorAll(`${CARD} .open`)].filter((card) => idOf(card.closest('li')) !== jobId);
    if (others.length) others[0].focus({preventScroll: true});
    else setText(words, t('There is no other video yet. Make a second one to compare with.'));
    if (!others.length) bar.querySelector('button').focus();
  }

  function stop() {
    chosen = null;
    bar.hidden = true;
    document.documentElement.classList.remove('is-picking');
  }

  function cancel() {
    stop();
    opener?.focus();
  }

  function listen(event) {
    if (!bar.isConnected) return document.removeEventListener('click', listen, true);
    const card = chosen && event.target.closest?.(`${CARD} .open`)?.closest('li');
    if (!card) return;
    event.preventDefault();
    event.stopPropagation();
    const other = idOf(card);
    if (!other) return setText(words, t('That run has no video. Choose another one.'));
    if (other === chosen) return setText(words, t('That is the same run. Choose another one.'));
    const first = chosen;
    stop();
    onPick([first, other], opener);
  }

  // Before the library's own handlers, which would open the video.
  document.addEventListener('click', listen, true);
  document.addEventListener('keydown', function leave(event) {
    if (!bar.isConnected) return document.removeEventListener('keydown', leave);
    if (event.key === 'Escape' && chosen) cancel();
  });
  bar.querySelector('button').onclick = cancel;
  window.seedance.pickOther = start;
}
