// What the library says. Scope: the functions of common.js and page.js.
const {make, icon, setText, setAttribute, formatBytes, formatClock, formatCost, onDrop, t, say, locale} = window.seedance;
const MODES = {text: t('Text'), frames: t('Frames'), references: t('References')};
const RESTING = {needs_attention: t('Needs attention'), needs_key: t('Needs a key')};
const DAY_S = 86_400;
const MAX_NAME_CHARS = 60;

function isResting(item) {
  return item.state in RESTING;
}

// A prompt, short enough to name a control by.
function shortPrompt(prompt) {
  const whole = prompt.trim() || t('Without a prompt');
  return whole.length > MAX_NAME_CHARS ? `${whole.slice(0, MAX_NAME_CHARS).trimEnd()}…` : whole;
}

function formatAge(created) {
  const then = new Date(created);
  const minutes = Math.floor((Date.now() - then) / 60_000);
  if (minutes < 1) return t('just now');
  if (minutes < 60) return t('{count} min ago', {count: minutes});
  if (minutes < 24 * 60) return t('{count} h ago', {count: Math.floor(minutes / 60)});
  if (minutes < 48 * 60) return t('yesterday');
  return then.toLocaleDateString(locale, {day: 'numeric', month: 'short'});
}

function metaText(item) {
  const facts = [MODES[item.mode] ?? item.mode, formatCost(item.cost), formatAge(item.created_at)];
  return [...facts, ...(item.is_imported ? [t('imported')] : [])].join(' · ');
}

function videosText(count) {
  if (count === 0) return '';
  return count === 1 ? t('1 video') : t('{count} videos', {count});
}

function foundText(count) {
  return count === 0 ? t('Nothing found') : t('{count} found', {count});
}

function childrenText(count) {
  return count === 1 ? t('1 made from this') : t('{count} made from this', {count});
}
