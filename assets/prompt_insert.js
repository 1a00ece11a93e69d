/* What a click puts into the prompt, at the caret: a tag of the tray, or words of the guide. It stands apart from the
   words around it, and one undo takes it back. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.insertTag) return;
  const HOLE = '{caret}'; // where in inserted words one goes on writing
  const { box } = seedance.prompt;
  let caret = null; // [start, end] while the field had focus; a click elsewhere takes the focus away

  document.addEventListener('selectionchange', () => {
    const area = box();
    if (area && document.activeElement === area) caret = [area.selectionStart, area.selectionEnd];
  });
  // The space behind inserted words was given, not typed: a typed one adds none, and at the end of the text a mark
  // takes its place.
  let given = null; // the offset behind it
  document.addEventListener('beforeinput', (event) => {
    const area = box();
    if (event.target !== area || given === null) return;
    const [at, typed] = [given, event.inputType === 'insertText' ? event.data : ''];
    given = null;
    if (area.selectionStart !== at || area.selectionEnd !== at) return;
    const isMark = /^[,.;:!?]$/.test(typed) && /[\p{L}\p{N}] $/u.test(area.value.slice(-2)) && at === area.value.length;
    if (typed !== ' ' && !isMark) return;
    event.preventDefault();
    if (isMark) seedance.prompt.replace(at - 1, at, typed);
  });

  const caretIn = ({ value }) => (caret ?? [value.length, value.length]).map((at) => Math.min(at, value.length));

  // Behind a straight quote there is a space only where it closes one.
  function spaceBehind(before) {
    const isOpenQuote = before.endsWith('"') && (before.split('"').length - 1) % 2 === 1;
    return /\S$/.test(before) && !isOpenQuote && !/[\p{Script=Han}。！？，：；（(“'‘「]$/u.test(before) ? ' ' : '';
  }
  const spaceBefore = (after, words) =>
    (/^[\s,.;:!?)'’”"，。；：！？、）]/.test(after) || /[\s。！？，：；”」]$/.test(words) ? '' : ' ');

  /** Put words in the place of what stands between two offsets, and keep them apart from those around them.
      `lead` stands before them; the caret goes behind them, or to the offset `hole` in them. */
  seedance.prompt.insertAt = (start, end, words, { lead, hole } = {}) => {
    const { value } = box();
    const before = lead ?? spaceBehind(value.slice(0, start));
    const behind = spaceBefore(value.slice(end), words);
    seedance.prompt.replace(start, end, `${before}${words}${behind}`);
    given = behind && hole === undefined ? box().selectionEnd : null;
    if (hole !== undefined) box().setSelectionRange(...Array(2).fill(start + before.length + hole));
  };

  seedance.insertTag = (tag) => {
    const area = box();
    if (area) seedance.prompt.insertAt(...caretIn(area), tag);
  };

  /** Put a sentence behind the caret's words; nothing that is selected goes. At the end of the text, a sentence that was
      begun there is ended first. */
  seedance.prompt.insertSentence = (words) => {
    const area = box();
    if (!area) return;
    const end = caretIn(area)[1];
    const begun = area.value.slice(0, end).replace(/[ \t]+$/, '');
    const isOpen = /[^\s\p{P}]$/u.test(begun) && !area.value.slice(end).trim();
    const isHan = /\p{Script=Han}$/u.test(begun.replace(/\s*@\w+$/, '')); // a tag is of the language around it
    const [start, lead] = isOpen ? [begun.length, isHan ? '。' : '. '] : [end, undefined];
    const hole = words.includes(HOLE) ? words.indexOf(HOLE) : undefined;
    seedance.prompt.insertAt(start, end, words.replace(HOLE, ''), { lead, hole });
  };
})();
