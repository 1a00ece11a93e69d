// What the tray and the frame slots share about links, on window.seedance. Nothing here asks a link's host for anything.
(function (seedance) {
  const {make, icon, t} = seedance;
  const MAX_CHARS = 4000;    // twice what Python takes: beyond it nobody pasted a link
  const ENDINGS = {image: /\.(jpe?g|png|webp|gif|avif|heic)$/i, video: /\.(mp4|mov|m4v|webm)$/i, audio: /\.(mp3|wav|m4a|ogg)$/i};

  // "https://example.com/a/clip.mp4?x=1" -> {host: 'example.com', name: 'clip.mp4', kind: 'video'}; kind null: unknown.
  function readLink(url) {
    let parts = null;
    try { parts = new URL(url); } catch { return {host: '', name: url, kind: null}; }
    const last = parts.pathname.split('/').filter(Boolean).pop() ?? '';
    let name = last;
    try { name = decodeURIComponent(last); } catch { /* a lone percent sign: shown as it is */ }
    const kind = Object.keys(ENDINGS).find(key => ENDINGS[key].test(last)) ?? null;
    return {host: parts.host, name: name || parts.host, kind};
  }

  // The links of a text that holds nothing else, one a line; null for any other text.
  function findLinks(text) {
    const lines = text.trim().split(/\s*\n\s*/);
    return lines.every(line => /^https?:\/\/\S+$/i.test(line) && line.length <= MAX_CHARS) ? lines : null;
  }

  // What stands where a file has its thumbnail.
  function drawnLink(host) {
    return make('span', {class: 'linked'}, icon('link'), make('span', {class: 'host', text: host, title: host}));
  }

  // Calls back with links pasted anywhere while `zone` is on screen. Text pasted into a field stays there.
  function onPasteLinks(zone, callback) {
    function listen(event) {
      if (!zone.isConnected) return document.removeEventListener('paste', listen);
      if (event.defaultPrevented || event.target.closest?.('textarea, input') || !zone.getClientRects().length) return;
      const links = event.clipboardData?.files.length ? null : findLinks(event.clipboardData?.getData('text/plain') ?? '');
      if (!links) return;
      event.preventDefault();
      callback(links);
    }
    document.addEventListener('paste', listen);
  }

  // Lets `opener` open a field for a link. `onAdd(url)` gets what was entered; Escape closes.
  function addLinkField(opener, form, label, onAdd) {
    const field = make('input', {type: 'text', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', 'aria-label': label,
      placeholder: 'https://'});
    const add = make('button', {type: 'button', class: 'btn small', text: t('Add')});
    const problem = make('p', {class: 'link-problem', role: 'alert'});
    form.append(field, add, problem);
    function open(isOpen) {
      form.hidden = !isOpen;
      opener.setAttribute('aria-expanded', String(isOpen));
      problem.textContent = '';
      if (isOpen) field.focus();
      else field.value = '';
    }
    function enter() {
      const links = findLinks(field.value);
      problem.textContent = links ? '' : t('A link begins with https:// and has no spaces.');
      if (!links) return field.focus();
      open(false);
      onAdd(links[0]);
    }
    opener.onclick = () => open(form.hidden);
    add.onclick = enter;
    field.onkeydown = event => {
      if (event.isComposing) return;
      if (event.key === 'Enter') enter();
      else if (event.key === 'Escape') { open(false); opener.focus(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    open(false);
  }

  Object.assign(seedance, {readLink, drawnLink, onPasteLinks, addLinkField});
})(window.seedance);
