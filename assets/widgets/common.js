// What the widgets share, on window.seedance. Runs before each widget's own script; running it twice is harmless. It first
// puts the template into the page's language, which then holds nothing but our own words.
// Text of users and providers enters the page by textContent and setAttribute only.
window.seedance ??= {};
window.seedance.references ??= [];
window.seedance.translate(element);
(function (seedance) {
  const {t} = seedance;
  const NBSP = '\u00a0';
  const SVG = 'http://www.w3.org/2000/svg';
  const WAVE = 'M3 17v6M8 14v12M13 18v4M18 9v22M23 12v16M28 5v30M33 13v14M38 17v6M43 10v20M48 4v32M53 11v18M58 16v8M63 '
    + '8v24M68 13v14M73 6v28M78 15v10M83 11v18M88 17v6M93 14v12M98 18v4';
  const EXTENSIONS = {
    image: /\.(jpe?g|png|webp|heic|avif)$/i, video: /\.(mp4|mov|m4v)$/i, audio: /\.(mp3|wav|m4a)$/i,
  };

  // make('button', {class: 'btn', text: 'Cancel', type: 'button'}, ...children)
  function make(tag, {text, ...attributes} = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    node.append(...children);
    return node;
  }

  function makeSvg(tag, attributes, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  // A symbol of the page's sprite.
  function icon(name) {
    return makeSvg('svg', {class: 'ic', 'aria-hidden': 'true'}, makeSvg('use', {href: `#i-${name}`}));
  }

  // Stands for a sound, or for a picture that the browser cannot show.
  function waveform() {
    const line = makeSvg('path', {d: WAVE});
    const drawing = makeSvg('svg', {viewBox: '0 0 100 40', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, line);
    return make('span', {class: 'wave'}, drawing);
  }

  // Writes only what changed, so that screen readers and selections are left alone; into the node that is there, since in
  // Chromium any node that goes ends the group of keys that one undo in the prompt takes back.
  function setText(node, text) {
    if (node.textContent === text) return;
    if (node.childNodes.length === 1 && node.firstChild.nodeType === Node.TEXT_NODE) node.firstChild.data = text;
    else node.textContent = text;
  }

  function setAttribute(node, name, value) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? '' : value);
  }

  // 92 -> "1:32"
  function formatClock(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const rest = String(whole % 60).padStart(2, '0');
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes}:${rest}`;
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
  }

  // 6400000 -> "6.4 MB"
  function formatBytes(size) {
    const [unit, divisor] = size < 1e6 ? ['kB', 1e3] : size < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
    const number = size / divisor;
    return `${number < 10 ? Math.max(0.1, number).toFixed(1) : Math.round(number)}${NBSP}${unit}`;
  }

  function formatPixels(width, height) {
    return `${width}${NBSP}×${NBSP}${height}`;
  }

  // Money is never rounded down, and 1.1 * 100 is no hair above 110. {amount: 2.52, unit: 'USD'} -> "$2.52"
  function formatAmount({amount, unit}) {
    const hundredths = Math.ceil(Number((amount * 100).toPrecision(15)));
    const cents = {minimumFractionDigits: 2, maximumFractionDigits: 2};
    return unit === 'USD' ? `$${(hundredths / 100).toLocaleString('en-US', cents)}` : `${hundredths / 100}${NBSP}${unit}`;
  }

  function formatCost(cost) {
    if (!cost || cost.amount === null) return t('Not known');
    if (cost.amount === 0) return t('Free');
    return cost.kind === 'exact' ? formatAmount(cost) : t('About {amount}', {amount: formatAmount(cost)});
  }

  // A hint only: Python looks at the content. null for anything that is not a medium.
  function kindOf({type, name}) {
    const kind = (type || '').split('/')[0];
    if (kind in EXTENSIONS) return kind;
    return Object.keys(EXTENSIONS).find(key => EXTENSIONS[key].test(name || '')) ?? null;
  }

  function apiRoot() {
    const {root = '', api_prefix = '/gradio_api'} = window.gradio_config ?? {};
    return root.replace(/\/$/, '') + api_prefix;
  }

  function fileUrl(path) {
    return `${apiRoot()}/file=${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  function uploadProblem(status, file) {
    if (status === 413) return t('{name} is too large to upload ({size}). Use a smaller copy.', {name: file.name, size: formatBytes(file.size)});
    if (status === 0) return t('The connection broke while {name} was uploading. The file is still here.', {name: file.name});
    return t('The server did not take {name}. The file is still here.', {name: file.name});
  }

  // Gradio's own upload() in js_on_load tells neither progress nor the HTTP status, hence the request of our own.
  // Resolves to {path, url}; rejects with an Error that has `status` (0: no answer) and a sentence for a person.
  function uploadFile(file, {onProgress, signal}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const refuse = () => reject(Object.assign(new Error(uploadProblem(request.status, file)), {status: request.status}));
      const finish = () => {
        const path = request.status === 200 && JSON.parse(request.responseText)[0];
        if (path) resolve({path, url: fileUrl(path)});
        else refuse();
      };
      const body = new FormData();
      body.append('files', file, file.name);
      request.upload.onprogress = event => onProgress(event.lengthComputable ? event.loaded / event.total : null);
      request.onload = finish;
      request.onerror = refuse;
      request.onabort = refuse;
      signal.addEventListener('abort', () => request.abort());
      request.open('POST', `${apiRoot()}/upload`);
      request.send(body);
    });
  }

  // The shape that Gradio wants for one file of a component's value.
  function fileData({path, url, name, mime}) {
    return {
      path, url, orig_name: name, mime_type: mime || null, size: null, is_stream: false,
      meta: {_type: 'gradio.FileData'},
    };
  }

  // Calls back with the files dropped onto `zone`; marks it with data-drop while they hover.
  function onDrop(zone, callback) {
    const holdsFiles = event => event.dataTransfer?.types.includes('Files');
    const mark = on => setAttribute(zone, 'data-drop', on);
    zone.addEventListener('dragover', event => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      mark(true);
    });
    zone.addEventListener('dragleave', event => { if (!zone.contains(event.relatedTarget)) mark(false); });
    zone.addEventListener('drop', event => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      mark(false);
      callback([...event.dataTransfer.files]);
    });
  }

  // Calls back with files pasted anywhere while `zone` is on screen. Pasted text stays with its text field.
  function onPaste(zone, callback) {
    function listen(event) {
      if (!zone.isConnected) return document.removeEventListener('paste', listen);
      const files = [...(event.clipboardData?.files ?? [])];
      const isText = event.target.closest?.('textarea, input') && event.clipboardData.types.includes('text/plain');
      if (!files.length || isText || !zone.getClientRects().length) return;
      event.preventDefault();
      callback(files);
    }
    document.addEventListener('paste', listen);
  }

  // Calls back whenever `zone` comes on screen or leaves it, as with its tab.
  function onShown(zone, callback) {
    new ResizeObserver(callback).observe(zone);
  }

  // Says which of these cards have no file, as long as `zone` is on screen: what its tab hides is not sent.
  function tellMissing(source, zone, cards) {
    seedance.problems.setMissing(source, zone.getClientRects().length ? cards : []);
  }

  // Leads to where a file that is missing can be mended: its button, or itself where there is nothing to do but to wait.
  function leadTo(target, live, sentence) {
    if (!target.matches('button')) target.tabIndex = -1;
    target.focus({preventScroll: true});
    (target.closest('li, [role=group]') ?? target).scrollIntoView({block: 'center'});    // its sentence stands there too
    setText(live, sentence);
  }

  // Asks Python one question at a time, and of those that come meanwhile the newest: no answer comes late, and none is left
  // out. `ask` takes a function that triggers an event; `settled` says that this has ended.
  function newestOnly() {
    let isAsking = false;
    let next = null;
    function ask(question) {
      if (isAsking) {
        next = question;
        return;
      }
      isAsking = true;
      question();
    }
    function settled() {
      const question = next;
      [isAsking, next] = [false, null];
      if (question) ask(question);
    }
    return {ask, settled};
  }

  Object.assign(seedance, {
    make, icon, waveform, setText, setAttribute, formatClock, formatBytes, formatPixels, formatAmount, formatCost, kindOf,
    uploadFile, fileData, onDrop, onPaste, onShown, tellMissing, leadTo, newestOnly,
  });
})(window.seedance);
