/* The names of references in a prompt, as `domain/mentions.py` reads them, and the rule that keeps a prompt and its
   tray together: when media move, every tag follows the one it means. Pure: text in, text out. */
(() => {
  'use strict';
  const seedance = (window.seedance ??= {});
  const TAG = /@(image|video|audio)([0-9]+|\?)/gi;
  const RUN = /(?<![\w@])(?:@(?:image|video|audio)(?:[0-9]+|\?))+/gi;
  const MAX_DIGITS = 9;

  const tag = (kind, number) => `@${kind[0].toUpperCase()}${kind.slice(1)}${number ?? '?'}`;

  // 'a @image2' -> [{kind: 'image', number: 2, tag: '@Image2', start: 2, end: 9}]; number null: '@Image?'
  function parse(text) {
    return [...text.matchAll(RUN)].flatMap((run) => [...run[0].matchAll(TAG)].map((match) => {
      const kind = match[1].toLowerCase();
      const number = match[2] === '?' ? null : Number(match[2].slice(0, MAX_DIGITS));
      const start = run.index + match.index;
      return { kind, number, tag: tag(kind, number), start, end: start + match[0].length };
    }));
  }

  /* `moves`: old tag to new tag, or to null for a medium that was removed. Its tag becomes '@Image?', which names no
     file whatever comes later: left as it was it would name the next one, taken out it would leave a hole unseen.
     Other tags stay as they were written. All at once, so that two which change places never meet. */
  function renumber(text, moves) {
    let cursor = 0;
    let result = '';
    for (const mention of parse(text)) {
      if (!moves.has(mention.tag)) continue;
      result += text.slice(cursor, mention.start) + (moves.get(mention.tag) ?? tag(mention.kind, null));
      cursor = mention.end;
    }
    return result + text.slice(cursor);
  }

  seedance.mentions = { tag, parse, renumber };
})();
