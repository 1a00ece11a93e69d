/* The tags in the prompt are tinted by a layer behind its text: only backgrounds and lines, so that no letter is ever
   wider than the one in front of it. Says which references the text names, too. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.prompt.hasReferences) return;
  const MOST_CHARS = 20000; // far beyond any provider's limit: not worth a layer that is laid out with every key
  const SHARED = ['font', 'fontFeatureSettings', 'fontKerning', 'letterSpacing', 'wordSpacing', 'lineHeight', 'padding',
    'textIndent', 'textAlign', 'tabSize', 'direction', 'overflowWrap', 'wordBreak', 'lineBreak'];
  const { box } = seedance.prompt;
  const layer = document.createElement('div');
  const copy = document.createElement('div');
  layer.className = 'prompt-tint';
  layer.setAttribute('aria-hidden', 'true');
  layer.append(copy);
  let drawn = null;
  seedance.mentioned = null; // tags that the text names; null while there is none

  /** Whether tags mean something: elsewhere than in the References tab they are problems. */
  seedance.prompt.hasReferences = () => Boolean(document.querySelector('#references .reference-tray')?.getClientRects().length);

  function knownTags() {
    return new Set(seedance.prompt.hasReferences() ? (seedance.references ?? []).map(({ tag }) => tag) : []);
  }

  function tell(text, mentions) {
    const tags = text.trim() ? new Set(mentions.map(({ tag }) => tag)) : null;
    if (String(tags && [...tags].sort()) === String(seedance.mentioned && [...seedance.mentioned].sort())) return;
    seedance.mentioned = tags;
    document.dispatchEvent(new Event('seedance:mentions'));
  }

  // Words and marks in turn. Nodes are written anew and never removed: in Chromium any removal ends the group of keys
  // that one undo takes back, so that a sentence would be undone letter by letter.
  function put(index, words) {
    while (copy.children.length <= index) {
      copy.append(document.createElement(copy.children.length % 2 ? 'mark' : 'span'));
      copy.lastChild.append('');
    }
    const part = copy.children[index];
    if (part.firstChild.data !== words) part.firstChild.data = words;
    part.hidden = !words;
    return part;
  }

  function draw(area) {
    const text = area.value;
    const mentions = text.length > MOST_CHARS ? [] : seedance.mentions.parse(text);
    const known = knownTags();
    const words = JSON.stringify([text, ...known]);
    if (words === drawn) return;
    drawn = words;
    let cursor = 0;
    mentions.forEach(({ tag, start, end }, index) => {
      put(2 * index, text.slice(cursor, start));
      put(2 * index + 1, text.slice(start, end)).className = known.has(tag) ? '' : 'unknown';
      cursor = end;
    });
    // The last character keeps the height of an empty last line.
    put(2 * mentions.length, mentions.length ? `${text.slice(cursor)}\u200b` : '');
    for (let index = 2 * mentions.length + 1; index < copy.children.length; index += 1) put(index, '');
    tell(text, mentions);
  }

  function fit(area) {
    const style = getComputedStyle(area);
    for (const name of SHARED) copy.style[name] = style[name];
    const { offsetLeft, offsetTop, offsetWidth, clientLeft, clientTop, clientWidth, clientHeight } = area;
    // To the fraction of a pixel: a layer that is wider by less than one breaks its lines elsewhere.
    const width = area.getBoundingClientRect().width - (offsetWidth - clientWidth);
    Object.assign(layer.style, {
      left: `${offsetLeft + clientLeft}px`, top: `${offsetTop + clientTop}px`,
      width: `${width}px`, height: `${clientHeight}px`,
    });
    follow(area);
  }
  const follow = (area) => { copy.style.transform = `translateY(${-area.scrollTop}px)`; };

  function paint() {
    const area = box();
    if (!area) return;
    if (area.previousElementSibling !== layer) attach(area);
    draw(area);
    fit(area);
  }

  // Gradio sets the height with every text, also with one that Python sent and no event tells of.
  const heights = new MutationObserver(paint);
  const sizes = new ResizeObserver(paint);
  function attach(area) {
    area.before(layer);
    area.parentElement.classList.add('is-tinted');
    heights.disconnect();
    heights.observe(area, { attributes: true, attributeFilter: ['style'] });
    sizes.disconnect();
    sizes.observe(area);
    area.addEventListener('scroll', () => follow(area), { passive: true });
  }

  document.addEventListener('input', (event) => { if (event.target === box()) paint(); });
  document.addEventListener('seedance:references', paint);
  document.fonts?.ready.then(paint);
  seedance.onDom(paint);
})();
