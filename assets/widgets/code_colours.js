// Code as nodes: comments and strings have a colour, all else is plain text. Only `textContent` is written.
const PATTERNS = {
  // A here-document is a string as a whole.
  curl: /(?<before><<'?EOF'?\n)(?<document>[^]*?)(?=\nEOF\n)|(?<space>^|\s)(?<comment>#.*)|(?<string>"(?:[^"\\]|\\.)*"|'[^']*')/gm,
  python: /(?<comment>#.*)|(?<string>"""[^]*?"""|f?"(?:[^"\\\n]|\\.)*"|f?'(?:[^'\\\n]|\\.)*')/g,
  javascript: /(?<comment>\/\/.*)|(?<string>"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/g,
};

function colourCode(language, code) {
  const nodes = [];
  let at = 0;
  for (const { 0: whole, index, groups } of code.matchAll(PATTERNS[language])) {
    const text = groups.comment ?? groups.document ?? groups.string;
    const end = index + whole.length;
    nodes.push(code.slice(at, end - text.length), window.seedance.make('span', { class: groups.comment ? 'c' : 's', text }));
    at = end;
  }
  return [...nodes, code.slice(at)];
}
