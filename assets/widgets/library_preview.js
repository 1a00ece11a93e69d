// A video in place of its poster while a person rests on its card: loaded only then, and let go of behind it.
// Scope: library_words.js.
const PREVIEW_AFTER_MS = 400;
let preview = null;    // {poster, timer, video}: one at a time

function endPreview() {
  if (!preview) return;
  clearTimeout(preview.timer);
  if (preview.video) {
    preview.video.pause();
    preview.video.removeAttribute('src');
    preview.video.load();    // without it the browser goes on loading
    preview.video.remove();
  }
  preview = null;
}

function beginPreview(item, poster) {
  if (preview?.poster === poster || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  endPreview();
  preview = {poster, video: null, timer: setTimeout(() => playPreview(item, poster), PREVIEW_AFTER_MS)};
}

function playPreview(item, poster) {
  const video = make('video', {playsinline: '', loop: '', preload: 'auto', tabindex: '-1', 'aria-hidden': 'true'});
  video.muted = true;
  video.disablePictureInPicture = true;
  video.onplaying = () => video.classList.add('is-playing');
  video.onerror = () => { if (preview?.video === video) endPreview(); };
  video.src = item.video_url;
  preview.video = video;
  poster.querySelector('img, .dur')?.before(video);
  video.play().catch(() => {});    // refused, or let go of: the poster stays
}

// A finger that scrolls is no interest in a video; a click that opens one has had its look.
function offerPreview({item, open, node}) {
  if (isResting(item) || item.is_missing) return;
  const poster = open.querySelector('.poster');
  node.addEventListener('pointerenter', event => { if (event.pointerType === 'mouse') beginPreview(item, poster); });
  node.addEventListener('pointerleave', endPreview);
  open.addEventListener('focus', () => { if (open.matches(':focus-visible')) beginPreview(item, poster); });
  open.addEventListener('blur', endPreview);
  open.addEventListener('click', endPreview);
}
