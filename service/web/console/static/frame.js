// What every page does: moments in the reader's own zone, and one open menu at a time.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const forms = { medium: { dateStyle: 'medium', timeStyle: 'short' }, short: { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }, date: { dateStyle: 'medium' }, time: { timeStyle: 'short' } };
const steps = [['year', 31536000], ['month', 2592000], ['week', 604800], ['day', 86400], ['hour', 3600], ['minute', 60]];

/** How long ago, in the page's language: "3 hours ago". */
export function ago(then, now = Date.now()) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto', style: 'short' });
  const seconds = (then - now) / 1000;
  const [unit, size] = steps.find(([, n]) => Math.abs(seconds) >= n) ?? ['minute', 60];
  return words.format(Math.trunc(seconds / size), unit);
}

/** Let every <time data-style> below `root` read as its reader's clock does. */
export function tellTimes(root = document) {
  const chosen = document.body.dataset.zone || zone;
  for (const node of root.querySelectorAll('time[data-style]')) {
    const at = new Date(node.dateTime), style = node.dataset.style;
    const exact = new Intl.DateTimeFormat(document.documentElement.lang, { ...(forms[style] ?? forms.medium), timeZone: chosen }).format(at);
    node.textContent = style === 'ago' ? ago(at) : exact;
    node.title = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'full', timeStyle: 'long', timeZone: chosen }).format(at);
  }
}

/** The token that every POST must carry. */
export const csrf = () => document.querySelector('meta[name=csrf-token]').content;

tellTimes();
setInterval(tellTimes, 60000);
addEventListener('click', e => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(e.target)) menu.open = false;
});
addEventListener('keydown', e => {
  if (e.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
});
