// The table of what differs between two runs. Text of users and providers enters by textContent only.
function compareTable(table, {onRemix}) {
  const {make, t, items, formatCost, formatClock} = window.seedance;
  const NAMES = {
    prompt: t('Prompt'), provider: t('Provider'), mode: t('Starts from'), duration_s: t('Duration'),
    resolution: t('Resolution'), aspect_ratio: t('Aspect ratio'), generate_audio: t('Sound'), seed: t('Seed'),
    first_frame: t('First frame'), last_frame: t('Last frame'), images: t('Images'), videos: t('Videos'),
    audios: t('Audio'), cost: t('Charged'), elapsed_s: t('Ready in'),
  };
  const MODES = {text: t('Text'), frames: t('First & last frame'), references: t('References')};
  const NOT_KNOWN = t('Not known');
  const WORDS = {
    mode: (value) => MODES[value] ?? value,
    duration_s: (value) => (value === 0 ? t('Auto') : t('{seconds}\u00a0s', {seconds: value})),
    aspect_ratio: (value) => (value === 'adaptive' ? t('Adaptive') : value),
    generate_audio: (value) => (value ? t('On') : t('Off')),
    seed: (value) => (value === null ? NOT_KNOWN : String(value)),
    cost: formatCost,
    elapsed_s: formatClock,
  };
  let showsAll = false;

  function wordsOf(name, value) {
    if (name in WORDS) return WORDS[name](value);
    if (Array.isArray(value)) return items(value) || t('None');
    return value === null || value === '' ? t('None') : String(value);
  }

  function cell(name, value) {
    if (name !== 'prompt') return make('td', {text: wordsOf(name, value)});
    const pieces = value.map(({text, differs}) => make(differs ? 'mark' : 'span', {text}));
    return make('td', {}, ...(pieces.length ? pieces : [t('None')]));
  }

  function side(letter) {
    const remix = make('button', {type: 'button', class: 'linkish', text: t('Remix {run}', {run: letter})});
    remix.onclick = () => onRemix(letter.toLowerCase());
    return make('th', {scope: 'col'}, letter, remix);
  }

  function caption(rows) {
    const count = rows.filter(({differs}) => differs).length;
    const equal = rows.length - count;
    const title = make('b', {text: count === 1 ? t('1 difference') : t('{count} differences', {count})});
    const box = make('input', {type: 'checkbox'});
    box.checked = showsAll;
    box.onchange = () => {
      showsAll = box.checked;
      table.classList.toggle('shows-all', showsAll);
    };
    const words = equal === 1 ? t('Show the equal setting') : t('Show the {count} equal settings', {count: equal});
    return make('caption', {}, title, ...(equal ? [make('label', {class: 'cmp-check'}, box, make('span', {text: words}))] : []));
  }

  return {
    draw(rows) {
      const lines = rows.map(({name, a, b, differs}) => make('tr', differs ? {} : {class: 'equal'},
        make('th', {scope: 'row', text: NAMES[name] ?? name}), cell(name, a), cell(name, b)));
      const head = make('thead', {}, make('tr', {}, make('th', {scope: 'col', text: t('Setting')}), side('A'), side('B')));
      showsAll = false;
      table.classList.remove('shows-all');
      table.replaceChildren(caption(rows), head, make('tbody', {}, ...lines));
    },
  };
}
