/* Problems at their fields. What Generate found stays until the field is edited; what the files have is said anew with
   every price, what the prompt has whenever typing comes to rest. Which files are missing the page knows by itself. */
(() => {
  'use strict';
  const seedance = window.seedance;
  if (seedance.problems) return;
  const HOSTS = {
    prompt: 'prompt', first_frame: 'frames', last_frame: 'frames', references: 'references', duration_s: 'duration',
    resolution: 'resolution', aspect_ratio: 'aspect-ratio', generate_audio: 'sound', seed: 'seed', count: 'variations', provider: 'provider', mode: 'provider',
  };
  const found = { references: [], frames: [], files: [], prompt: [], form: [] };
  const all = () => {
    const seen = new Set();
    return Object.values(found).flat().filter(({ message }) => !seen.has(message) && seen.add(message));
  };
  const blocking = (list = all()) => list.filter((problem) => problem.severity === 'problem' && HOSTS[problem.field]);

  function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'ic');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'use'));
    svg.firstChild.setAttribute('href', `#i-${name}`);
    return svg;
  }
  const controls = (host) => (host.tagName === 'FIELDSET' ? [host] : [...host.querySelectorAll('textarea, input:not([type=file], [type=checkbox])')]);

  function clean(host, id) {
    host.querySelector(`:scope > #${id}`)?.remove();
    for (const control of controls(host)) {
      control.removeAttribute('aria-invalid');
      const others = (control.getAttribute('aria-describedby') ?? '').split(' ').filter((other) => other && other !== id);
      if (others.length) control.setAttribute('aria-describedby', others.join(' '));
      else control.removeAttribute('aria-describedby');
    }
  }

  function paintField(hostId, list) {
    const host = document.getElementById(hostId);
    if (!host) return; // its tab is closed; painted when it opens
    const id = `problem-${hostId}`;
    const words = JSON.stringify(list.map((problem) => problem.message));
    if (host.querySelector(`:scope > #${id}`)?.dataset.words === words) return;
    clean(host, id);
    if (!list.length) return;
    const box = document.createElement('div');
    box.id = id;
    box.dataset.words = words;
    for (const problem of list) {
      const line = document.createElement('p');
      line.className = problem.severity === 'problem' ? 'field-problem' : 'field-problem note';
      const text = document.createElement('span');
      text.textContent = seedance.say(problem.message);
      line.append(icon('warn'), text);
      box.append(line);
    }
    host.append(box);
    for (const control of controls(host)) {
      if (list.some((problem) => problem.severity === 'problem')) control.setAttribute('aria-invalid', 'true');
      control.setAttribute('aria-describedby', `${control.getAttribute('aria-describedby') ?? ''} ${id}`.trim());
    }
  }

  function paint() {
    const list = all();
    for (const hostId of new Set(Object.values(HOSTS))) {
      paintField(hostId, list.filter((problem) => HOSTS[problem.field] === hostId && !problem.at_card));
    }
  }
  function change() {
    paint();
    document.dispatchEvent(new CustomEvent('seedance:problems', { detail: { count: blocking().length } }));
  }

  function focusFirst(list = all()) {
    const first = blocking(list)[0];
    if (first?.mend) return first.mend();
    const host = first && document.getElementById(HOSTS[first.field]);
    if (!host) return;
    const target = host.querySelector('textarea, input:checked, input[type=number], button:not(:disabled), input:not([type=file])') ?? host;
    if (target === host) host.tabIndex = -1;
    target.focus({ preventScroll: true });
    host.scrollIntoView({ block: 'nearest' });
  }

  /* An edit answers the problem of its field; the next price or click says what is left. */
  function onEdit(event) {
    const before = found.form.length;
    found.form = found.form.filter((problem) => !document.getElementById(HOSTS[problem.field])?.contains(event.target));
    if (found.form.length !== before) change();
  }
  document.addEventListener('input', onEdit);
  document.addEventListener('change', onEdit);

  seedance.problems = {
    /** Show what Generate (`form`) or a look at the files (`files`) or the words (`prompt`) found; replaces what that source said before. */
    set(source, list) { found[source] = list; change(); },
    /** Say which files of the `references` or the `frames` did not arrive: {field, message, mend}, where `mend` leads to it. */
    setMissing(source, list) { this.set(source, list.map((file) => ({ ...file, severity: 'problem', at_card: true }))); },
    /** Whether a file that was given would not be sent. */
    isAnyMissing: () => found.references.length + found.frames.length > 0,
    count: () => blocking().length,
    /** Lead to the first of all problems, or of these. */
    focusFirst,
  };
  seedance.onDom(paint);
})();
