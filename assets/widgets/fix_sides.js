// The two sides of the dialog `Fix it`: the file and its copy. Scope: element.
const {t, say, make, waveform, setText, setAttribute} = window.seedance;
const isCalm = matchMedia('(prefers-reduced-motion: reduce)');

// What plays or shows a medium; a picture that the browser cannot show becomes a sentence.
function buildMedium(kind, url, label) {
  if (kind === 'audio') {
    const sound = make('audio', {controls: '', preload: 'metadata', src: url, 'aria-label': label});
    return make('div', {class: 'fix-sound'}, waveform(), sound);
  }
  const medium = kind === 'image' ? make('img', {src: url, alt: label}) : buildVideo(url, label);
  const frame = make('div', {class: 'fix-frame'}, medium);
  medium.onerror = () => frame.replaceWith(make('p', {class: 'fix-none', text: t('This browser cannot show it.')}));
  return frame;
}

function buildVideo(url, label) {
  const video = make('video', {src: url, 'aria-label': label, controls: '', loop: '', playsinline: '', preload: 'auto'});
  video.muted = true;
  video.autoplay = !isCalm.matches;
  return video;
}

function sideOf(name) {
  const figure = element.querySelector(`[data-side=${name}]`);
  const [media, facts] = [figure.querySelector('.fix-media'), figure.querySelector('.fix-facts')];
  return {
    figure, media,
    show(kind, url, label) {
      if (media.dataset.shows === url) return;
      media.dataset.shows = url;
      media.replaceChildren(buildMedium(kind, url, label));
    },
    tell(text) { setText(facts, text); },
    clear() {
      delete media.dataset.shows;
      media.replaceChildren();
      setText(facts, '');
    },
  };
}
