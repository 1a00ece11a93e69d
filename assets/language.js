/* The page's language: which one, its words, and what Python says in English. Each language is one file of
   assets/languages; `ui/languages.py` puts their list before this script. English is the language of the source, and the
   English words are the keys: what a file does not have is shown as it stands there. */
(() => {
  'use strict';
  const seedance = (window.seedance ??= {});
  if (seedance.t) return; // Gradio may add the head again
  const KEY = 'seedance-language';
  const ENGLISH = {
    lang: 'en', name: 'English', serves: ['en'], locale: 'en-GB', url: null,
    full_stop: '.', between_sentences: ' ', between_items: ', ',
  };
  const HOLE = /\{(\w+)(?::(\w+))?\}/g;
  const SUBJECT = /^(The|This|A) /;
  const FEW_LETTERS = 4; // a pattern with fewer could be anything: its holes take figures only
  const MOST_SENTENCES = 6; // of a run that is looked up as one: no text of ours has more
  const MOST_ANSWERS = 2000; // that are remembered
  const ATTRIBUTES = 'aria-label title placeholder alt'.split(' ');
  const languages = [ENGLISH, ...(seedance.languages ?? [])];

  /* ---------- which one ---------- */
  // As browsers are told: zh-Hans-CN, else zh-Hans, else zh.
  function serving(tag) {
    for (const parts = tag.toLowerCase().split('-'); parts.length; parts.pop()) {
      const found = languages.find(({ serves }) => serves.includes(parts.join('-')));
      if (found) return found;
    }
    return null;
  }
  const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const wanted = languages.find(({ lang }) => lang === remembered())
    ?? (navigator.languages ?? [navigator.language]).map(serving).find(Boolean) ?? ENGLISH;

  // Waited for: a widget words itself as soon as it is drawn, and Gradio waits for no script that has an address.
  function load(url) {
    const request = new XMLHttpRequest();
    request.open('GET', url, false);
    try {
      request.send();
      return request.status === 200 ? JSON.parse(request.responseText) : null;
    } catch {
      return null;
    }
  }
  const file = wanted.url ? load(wanted.url) : null;
  const language = file ? wanted : ENGLISH;
  const { words, sentences } = file ?? { words: {}, sentences: {} };

  /* ---------- words of the scripts ---------- */
  // What a translation says beside the name of a hole: {what:say}, it is said in this language where it is ours;
  // {name:subject}, so is "The video", but never a file's name; {what:known}, the sentence is meant only with words of
  // ours; {names:list}, each of them is said; {price:figure} and {tag:tag}, the sentence is meant only with such a thing.
  // A name in another script stands apart from the letter behind it, where the language has no spaces of its own.
  const apart = (value, next = '') => (language.between_sentences || !/\p{L}/u.test(next) ? value : `${value} `);
  const fill = (template, values) =>
    template.replace(HOLE, (hole, name, how, at) => {
      const value = values[name];
      if (value === undefined) return hole;
      if (how === 'list') return value.split(/, | and /).map(say).join(language.between_items);
      if (how === 'subject') return SUBJECT.test(value) ? say(value) : apart(value, template[at + hole.length]);
      return how === 'say' || how === 'known' ? say(String(value)) : value;
    });

  /** Return the words in the page's language, with `values` in the holes. */
  seedance.t = (key, values = {}) => fill(words[key] ?? key, values);

  /** Join whole sentences. */
  seedance.sentences = (...parts) => parts.filter(Boolean).join(language.between_sentences);

  /** Join things that are listed in a line. */
  seedance.items = (things) => things.join(language.between_items);

  /* ---------- sentences of Python ---------- */
  const escape = (literal) => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

  // A name ends with its sentence; what is said itself may be several.
  const NAME = '((?:(?![.?!…]\\s+[A-Z@]).)+?)';
  const SAID = new Set(['say', 'known', 'list']);
  const HOLES = { figure: '(\\$?\\d[\\d.,]*(?:\\s[A-Z]{2,3})?)', figures: '(\\d[\\d.,:×–\\s]*p?)', tag: '(@[\\w?]+)' };

  function patternOf(key) {
    const parts = key.split(/\{(\w+)\}/);
    const literals = parts.filter((_, index) => index % 2 === 0);
    const hows = Object.fromEntries([...sentences[key].matchAll(HOLE)].map(([, name, how]) => [name, how]));
    const names = parts.filter((_, index) => index % 2);
    const known = names.filter((name) => hows[name] === 'known');
    const isVague = !known.length && literals.join('').replace(/[^a-z]/gi, '').length < FEW_LETTERS;
    const hole = (name) => HOLES[hows[name]] ?? (isVague ? HOLES.figures : SAID.has(hows[name]) ? '(.+?)' : NAME);
    const source = parts.map((part, index) => (index % 2 ? hole(part) : escape(part))).join('');
    return { key, names, known, weight: literals.join('').length, regex: new RegExp(`^${source}$`, 's') };
  }
  const patterns = Object.keys(sentences).filter((key) => key.includes('{')).map(patternOf)
    .sort((a, b) => b.weight - a.weight);

  function match(text) {
    for (const part of [sentences, words]) if (Object.hasOwn(part, text)) return part[text];
    for (const { key, names, known, regex } of patterns) {
      const found = regex.exec(text);
      if (!found) continue;
      const values = Object.fromEntries(names.map((name, index) => [name, found[index + 1]]));
      if (known.every((name) => whole(values[name]) !== null)) return fill(sentences[key], values);
    }
    return null;
  }

  // One sentence or phrase of ours; null for anything else.
  const answers = new Map();
  function whole(text) {
    if (!answers.has(text)) {
      if (answers.size >= MOST_ANSWERS) answers.clear();
      answers.set(text, lookUp(text));
    }
    return answers.get(text);
  }

  // A title has no full stop, and may get one.
  function lookUp(text) {
    const found = match(text);
    if (found !== null || !text.endsWith('.')) return found;
    const title = match(text.slice(0, -1));
    return title === null ? null : title + language.full_stop;
  }

  // The longest run of sentences that is known comes first; what is nobody's word of ours stays as it is.
  function bySentence(text) {
    const parts = text.split(/(?<=[.?!…])\s+/);
    const said = [];
    for (let at = 0; at < parts.length;) {
      let end = Math.min(parts.length, at + MOST_SENTENCES);
      let found = null;
      for (; end > at && found === null; end -= 1) found = whole(parts.slice(at, end).join(' '));
      end = found === null ? at + 1 : end + 1;
      said.push({ text: found ?? parts[at], isOurs: found !== null });
      at = end;
    }
    if (!said.some(({ isOurs }) => isOurs)) return text;
    return said.reduce((line, { text: words, isOurs }, index) =>
      line + (index ? (isOurs && said[index - 1].isOurs ? language.between_sentences : ' ') : '') + words, '');
  }

  /** Return what Python says in English in the page's language; words of providers and people stay as they are. */
  seedance.say = say;
  function say(text) {
    if (!file || !text) return text;
    return whole(text) ?? (text.includes(' · ') ? text.split(' · ').map(say).join(' · ') : bySentence(text));
  }

  /* ---------- words of templates and labels ---------- */
  function put(text) {
    const key = text.trim().replace(/\s+/g, ' ');
    return key && Object.hasOwn(words, key) ? text.replace(text.trim(), () => words[key]) : text;
  }

  /** Put the words of a template into the page's language. Only for what holds no text of people and providers. */
  seedance.translate = (root) => {
    if (!file || !root) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const said = put(node.data);
      if (said !== node.data) node.data = said;
    }
    for (const name of ATTRIBUTES) {
      for (const element of [root, ...root.querySelectorAll(`[${name}]`)]) {
        const now = element.getAttribute(name);
        if (now !== null && put(now) !== now) element.setAttribute(name, put(now));
      }
    }
  };

  // What Gradio draws itself: labels, choices, hints, buttons, tabs. Its own gr.I18n knows `navigator.language` only, and
  // only languages that Gradio ships (6.31): it can be switched by nobody, and takes no third language.
  const LABELS = '[data-testid=block-info], .block label > span, .block .info-text, .tab-container > button, button.lg, button.sm';
  const FIELDS = '.block textarea, .block input';
  const isWidgets = (element) => Boolean(element.closest('.html-container'));
  function translateLabels() {
    // Set once: each time it is set, even to what it was, the browser computes every style of the page anew.
    if (document.documentElement.lang !== language.lang) document.documentElement.lang = language.lang;
    if (!file) return;
    for (const element of document.querySelectorAll(`${LABELS}, ${FIELDS}`)) if (!isWidgets(element)) seedance.translate(element);
  }
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => { planned = false; translateLabels(); });
  };
  new MutationObserver(plan).observe(document.body, { childList: true, subtree: true, characterData: true });
  translateLabels();

  /* ---------- the switch ---------- */
  Object.assign(seedance, {
    languages,
    language,
    /** For Intl. */
    locale: language.locale ?? language.lang,
    /** Remember a language; the page speaks it from its next load on. */
    chooseLanguage(lang) {
      const own = (navigator.languages ?? []).map(serving).find(Boolean)?.lang ?? ENGLISH.lang;
      try {
        if (lang === own) localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, lang);
      } catch { /* private mode: the browser's own language */ }
    },
  });
})();
