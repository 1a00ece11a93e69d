// From the player's Compare: the other run is chosen in the library, and a bar above it says so.
function pickInLibrary(bar, {onPick}) {
  const {setText, t} = window.seedance;
  const words = bar.querySelector('p');
  const CARD = '#library li';   // with data-job, where it has a video
  let chosen = null;      // job_id of the first run
  let opener = null;

  function start(jobId, from) {
    chosen = jobId;
    opener = from;
    bar.hidden = false;
    document.documentElement.classList.add('is-picking');
    setText(words, t('Choose the run to compare with in the library.'));
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    bar.scrollIntoView({behavior: isCalm ? 'auto' : 'smooth', block: 'start'});
    const other = [...document.querySelectorAll(`${CARD}[data-job]`)].find((card) => card.dataset.job !== jobId);
    if (!other) setText(words, t('There is no other video yet. Make a second one to compare with.'));
    (other ?? bar).querySelector('.open, button').focus({preventScroll: true});
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
    const other = card.dataset.job;
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
