// The hands of the queue. Cards come drawn from the server; what people wrote is never markup here.
import { csrf, tellTimes } from './frame.js';

const $ = (q, root = document) => root.querySelector(q);
const $$ = (q, root = document) => [...root.querySelectorAll(q)];
const desk = $('.desk'), list = $('#list'), detail = $('#detail'), many = $('#many');
const words = $('#words').dataset, base = desk.dataset.site, params = new URLSearchParams(location.search);
params.delete('c');

/* ---- the list */
const lines = () => list ? $$('.line', list) : [];
const line = id => lines().find(li => li.dataset.id === id);
const open = () => lines().filter(li => !li.classList.contains('done'));
const nameOf = li => $('.l1 a', li).textContent;
const acts = $$('#recent [data-act]').map(li => ({ act: Promise.resolve(li.dataset.act), node: li, ids: [] })).reverse();
const log = [...acts];
const cards = new Map();
let current = $('.scroll', detail) && (params.get('c') || new URLSearchParams(location.search).get('c') || lines()[0]?.dataset.id);
let anchor = null, waiting = 0, trying = 0;

const parsed = html => new DOMParser().parseFromString(html, 'text/html').body;
const cardAt = id => `${base}/comments/${id}/card?${params}`;

/** A card's markup, asked for once and kept until something is decided about it. */
function card(id) {
  if (!cards.has(id)) {
    const asked = fetch(cardAt(id)).then(r => r.ok ? r.text() : Promise.reject(new Error(r.status)));
    asked.catch(() => cards.delete(id));
    cards.set(id, asked);
  }
  return cards.get(id);
}

function ahead() {
  const next = open(), at = next.findIndex(li => li.dataset.id === current);
  for (const li of next.slice(Math.max(0, at), at + 4)) card(li.dataset.id).catch(() => {});
}

/** Show a comment. Until its card is here the one before it cannot be touched: its buttons would decide the new one, unread. */
async function show(id, { opened = false } = {}) {
  const li = line(id);
  if (!li) return;
  current = id;
  for (const a of $$('[aria-current=true]', list)) if (!a.classList.contains('chip')) a.removeAttribute('aria-current');
  const link = $('.l1 a', li);
  link.setAttribute('aria-current', 'true');
  li.scrollIntoView({ block: 'nearest' });
  link.focus({ preventScroll: true });
  if (opened) desk.setAttribute('data-open', '');
  detail.inert = true;
  const html = await card(id).catch(() => null);
  if (current !== id) return;
  if (html === null) return toast(words.lost);
  detail.inert = false;
  detail.replaceChildren(...parsed(html).childNodes);
  const why = $('[data-why]', detail);
  if (why && !why.textContent && li.dataset.why) why.textContent = words.ontop.replace('{why}', li.dataset.why);
  tellTimes(detail);
  ahead();
  claim(id);
}

let claiming;
function claim(id) {
  clearTimeout(claiming);
  claiming = setTimeout(async () => {
    const answer = await send(`${base}/comments/${id}/claim`, new URLSearchParams()).catch(() => null);
    const told = answer?.ok && (await answer.json()).other, place = $('[data-claim]', detail);
    if (told && current === id && place) { place.textContent = words.here.replace('{who}', told); place.hidden = false; }
  }, 700);
}

/* ---- what goes to the server: each decision once, in order of its comment, tried again if lost */
async function send(url, body) {
  const asked = { method: 'POST', body, keepalive: true, headers: { 'X-CSRFToken': csrf(), 'X-Requested-With': 'fetch' } };
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(url, asked);
      if (answer.status < 500 || tries === 3) return answer;
    } catch (lost) { if (tries === 3) throw lost; }
    trying++;
    await new Promise(done => setTimeout(done, 300 * 3 ** tries));
    trying--;
  }
}

function stamp(li, label) {
  $('.stamp', li)?.remove();
  li.classList.toggle('done', !!label && label !== 'keep');
  li.classList.toggle('kept', label === 'keep');
  if (!label) return;
  const node = document.createElement('span');
  node.className = `stamp ${label}`;
  node.textContent = words[label];
  $('.l1 time', li).before(node);
}

function decide(label) {
  const chosen = picked();
  if (chosen.length) return decideMany(label, chosen);
  const li = line(current);
  if (!li || !open().includes(li)) return undefined;
  const body = new URLSearchParams({ label, seen: li.dataset.seen });
  if (li.dataset.campaign && label !== 'keep') body.set('campaign', li.dataset.campaign);
  act([li], label, send(`${base}/comments/${current}/decide`, body), +li.dataset.n || 1);
  next();
  return undefined;
}

function decideMany(label, chosen) {
  if (label === 'keep') return;
  if (many.elements.all.checked || chosen.length > 50) { many.requestSubmit($(`[value=${label}]`, many)); return; }
  const body = new URLSearchParams(chosen.map(li => ['id', li.dataset.id]));
  body.set('label', label);
  for (const li of chosen) $('input', li).checked = false;
  act(chosen, label, send(many.action, body), chosen.length);
  bulk();
  next();
}

/** Draw a decision at once, and keep to what the server says of it. */
function act(chosen, label, answer, n) {
  const entry = { ids: chosen.map(li => li.dataset.id), label, n };
  waiting++;
  for (const li of chosen) { stamp(li, label); cards.delete(li.dataset.id); }
  entry.act = answer.then(async got => {
    const told = await got.json().catch(() => ({}));
    if (!got.ok) throw new Error(told.told || words.lost, { cause: told });
    for (const id of told.late ?? []) { const li = line(id); if (li) stamp(li, ''); }
    if (told.late?.length) toast(told.told);
    for (const li of chosen) li.dataset.seen = +li.dataset.seen + (label === 'keep' ? 0 : 1);
    return told.act;
  }).catch(failed => {
    log.splice(log.indexOf(entry), 1);
    entry.node?.remove();
    for (const li of chosen) { stamp(li, failed.cause?.label || ''); if (failed.cause?.label) li.dataset.seen = +li.dataset.seen + 1; }
    counted(failed.cause?.label ? 0 : n);
    toast(failed.cause ? failed.message : words.lost);
    return null;
  }).finally(() => { waiting--; });
  log.push(entry);
  recent(entry, n > 1 ? `×${n}` : nameOf(chosen[0]));
  if (label !== 'keep') counted(-n);
  const silent = label === 'other' ? `, ${words.silent}` : '';
  toast(`${words[label]}: ${n > 1 ? `×${n}` : nameOf(chosen[0])}${silent}`, undo);
}

function counted(by) {
  const node = $('[data-count=waiting]');
  if (node) node.textContent = Math.max(0, +node.textContent + by);
}

function recent(entry, name) {
  const node = document.createElement('li'), mark = document.createElement('span'), who = document.createElement('span'), button = document.createElement('button');
  mark.className = `stamp ${entry.label}`; mark.textContent = words[entry.label];
  who.className = 'n'; who.textContent = name;
  button.className = 'quiet'; button.type = 'button'; button.textContent = words.undo.toLowerCase();
  button.setAttribute('aria-label', `${words.undo}: ${words[entry.label]}, ${name}`);
  button.onclick = () => undo(entry);
  node.append(mark, who, button);
  entry.node = node;
  $('#recent').prepend(node);
  for (const old of $$('#recent li').slice(6)) old.remove();
}

async function undo(entry) {
  entry = log.includes(entry) ? entry : log.at(-1);
  if (!entry) return toast(words.nothing);
  log.splice(log.indexOf(entry), 1);
  entry.node?.remove();
  const chosen = entry.ids.map(line).filter(Boolean);
  for (const li of chosen) { stamp(li, ''); cards.delete(li.dataset.id); }
  if (entry.label && entry.label !== 'keep') counted(entry.n);
  toast(`${words.back}${chosen.length === 1 ? `: ${nameOf(chosen[0])}` : ''}`);
  waiting++;
  try {
    const id = await entry.act;
    if (!id) return undefined;
    const answer = await send(`${base}/acts/${id}/undo`, new URLSearchParams());
    if (!answer.ok) return toast(words.lost);
    for (const li of chosen) li.dataset.seen = +li.dataset.seen + (entry.label === 'keep' ? 0 : 1);
    if (!chosen.length) location.reload();
  } catch { toast(words.lost); } finally { waiting--; }
  for (const li of chosen) cards.delete(li.dataset.id);
  if (chosen.length) show(chosen[0].dataset.id);
  return undefined;
}

/* ---- going on */
function next() {
  const all = lines(), at = all.findIndex(li => li.dataset.id === current), left = open().filter(li => !li.classList.contains('kept'));
  const after = left.find(li => all.indexOf(li) > at) ?? left[0];
  if (left.length < 12) more();
  if (after) {
    show(after.dataset.id);
    $('#toast .sr')?.append(` ${words.next} ${nameOf(after)}`);
  } else finished();
}

let loading = null, dry = false;
const more = () => loading ??= fetchMore().finally(() => { loading = null; });
async function fetchMore() {
  if (dry || params.get('before')) return;
  try {
    const answer = await fetch(`${desk.dataset.at}/more?${params}`);
    const fresh = $$('.line', parsed(await answer.text())).filter(li => !line(li.dataset.id) && !li.classList.contains('done'));
    dry = !fresh.length;
    if (list) list.append(...fresh);
    tellTimes(list);
  } catch { dry = true; }
}

async function finished() {
  desk.removeAttribute('data-open');
  await more();
  if (open().some(li => !li.classList.contains('kept'))) return next();
  await settled();
  if (!open().length) location.assign(`${desk.dataset.at}?${params}`);
  else list?.focus();
  return undefined;
}

const settled = () => new Promise(done => { const look = () => waiting ? setTimeout(look, 20) : done(); look(); });

function move(by) {
  const all = lines(), at = all.findIndex(li => li.dataset.id === current);
  const to = all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (to) show(to.dataset.id);
}

/* ---- selecting */
const picked = () => lines().filter(li => $('input', li).checked);
function bulk() {
  const n = picked().length;
  $('#many-n').textContent = words.selected.replace('{n}', n);
  if (!n) many.elements.all.checked = false;
}
function pick(li, range) {
  const all = lines(), box = $('input', li), from = all.indexOf(line(anchor));
  if (range && from >= 0) {
    const [a, b] = [from, all.indexOf(li)].sort((x, y) => x - y);
    for (const one of all.slice(a, b + 1)) $('input', one).checked = box.checked;
  }
  anchor = li.dataset.id;
  bulk();
}
list?.addEventListener('click', e => {
  const li = e.target.closest('.line');
  if (!li) return;
  if (e.target.matches('input')) return pick(li, e.shiftKey);
  if (e.target.closest('.chip') || e.ctrlKey || e.metaKey || e.button) return undefined;
  e.preventDefault();
  if (e.shiftKey) { $('input', li).checked = true; return pick(li, true); }
  return show(li.dataset.id, { opened: true });
});
many.addEventListener('reset', () => setTimeout(bulk));
many.addEventListener('submit', e => {
  const chosen = picked(), label = e.submitter?.value;
  if (many.elements.all.checked || chosen.length > 50 || !chosen.length) return;
  e.preventDefault();
  decideMany(label, chosen);
});
detail.addEventListener('click', e => {
  if (e.target.closest('.back')) { e.preventDefault(); desk.removeAttribute('data-open'); line(current)?.querySelector('a').focus(); }
});
detail.addEventListener('submit', e => {
  if (!e.target.matches('.acts') || !line(current)) return;
  e.preventDefault();
  decide(e.submitter.value);
});
document.addEventListener('submit', e => {
  const node = e.target.closest('#recent li'), entry = node && log.find(one => one.node === node);
  if (entry) { e.preventDefault(); undo(entry); }
});

/* ---- telling */
let fading;
function toast(text, back) {
  const said = document.createElement('span'), more = document.createElement('span');
  said.textContent = text; more.className = 'sr'; said.append(more);
  const nodes = [said];
  if (back) {
    const button = document.createElement('button'), key = document.createElement('kbd');
    key.textContent = 'z'; key.setAttribute('aria-hidden', 'true');
    button.append(`${words.undo} `, key); button.onclick = () => back();
    nodes.push(button);
  }
  $('#toast').replaceChildren(...nodes);
  clearTimeout(fading);
  fading = setTimeout(() => $('#toast').replaceChildren(), 10000);
}

/* ---- news: asked for with an ETag while the page is looked at */
const newest = () => lines().map(li => li.dataset.id).sort().at(-1) ?? '';
const since = newest();
let tag = '';
async function news() {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${desk.dataset.at}/news?newest=${since}`, { headers: tag ? { 'If-None-Match': tag } : {}, cache: 'no-store' });
    if (answer.status !== 200) return;
    tag = answer.headers.get('ETag') ?? '';
    const told = await answer.json(), fresh = $('#fresh');
    if (!waiting) $('[data-count=waiting]').textContent = told.waiting;
    if (!list && told.waiting && !params.get('q') && !params.get('reason')) location.reload();
    fresh.hidden = !told.fresh || desk.hasAttribute('data-none');
    fresh.textContent = told.fresh === 1 ? words.fresh1 : words.fresh.replace('{n}', told.fresh);
  } catch { /* asked again soon */ }
}
setInterval(news, 10000);
document.addEventListener('visibilitychange', news);
// Requests outlive the page (keepalive); only one that has to be tried again would be lost.
addEventListener('beforeunload', e => { if (trying) e.preventDefault(); });

/* ---- keys */
const help = $('#help'), on = $('#keys-on');
on.checked = localStorage.getItem('keys') !== 'off';
on.onchange = () => localStorage.setItem('keys', on.checked ? 'on' : 'off');
$('#help-open').hidden = false;
$('#help-open').onclick = () => help.showModal();
function escape() {
  if (picked().length) { many.reset(); for (const li of picked()) $('input', li).checked = false; bulk(); return; }
  if ($('#filter')) location.assign($('#filter').href);
  else document.activeElement?.blur?.();
}
const keys = {
  j: () => move(1), k: () => move(-1), a: () => decide('ham'), s: () => decide('spam'), x: () => decide('other'), h: () => decide('keep'), z: () => undo(),
  v: () => { const li = line(current); if (li) { const box = $('input', li); box.checked = !box.checked; pick(li, false); } },
  e: () => { const link = $('[data-explain]', detail); if (link) settled().then(() => location.assign(link.href)); },
  '/': () => { $('#search').focus(); $('#search').select(); }, '?': () => help.showModal(), Escape: escape,
};
$$('[data-queue]').forEach((a, n) => { keys[n + 1] = () => settled().then(() => location.assign(a.href)); });
addEventListener('keydown', e => {
  const typing = e.target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
  if (e.ctrlKey || e.metaKey || e.altKey || $('dialog[open]') || !keys[e.key]) return;
  if (typing) { if (e.key === 'Escape') e.target.blur(); return; }
  if (!on.checked && e.key !== 'Escape') return;
  e.preventDefault();
  keys[e.key]();
});

/* ---- start */
if (current && line(current)) {
  $('.l1 a', line(current)).setAttribute('aria-current', 'true');
  ahead();
  claim(current);
}
bulk();
desk.setAttribute('data-ready', '');
