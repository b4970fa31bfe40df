// Without a network, or on a line that hangs: the way out leads to a dull page, help is there as it was at this visit, and a
// shared device still has the questions for the next person, on the day on which it got them: on another day it may stand in
// another school, or the play may be over. Going back after the way out shows nothing, whatever the line does: that somebody
// went out is marked here, and nothing of theirs. Nothing that anybody typed comes near here: only pages as the server sends
// them to everybody, and our own files.
const KEPT = 'heard-1';
const DULL = '/quiet';
const QUESTIONS = '/answer';
const ORDINARY = '/activity';
const HELP = ['/help', '/help/card'];
const THEIRS = [QUESTIONS, ORDINARY, '/thanks', '/finished', '/talk'];
const LEFT = '/left'; // no page: the mark that somebody went out here
const [OWED, NEXT, OVER] = ['owed', 'next', 'over']; // the service has yet to end that visit; the same, with the next person here; it has
const PATIENCE = 10000;
const FRESH = 12 * 3600 * 1000;
const HURRY = 2000; // for whoever wants out, or help
// A network that wants a sign-in first answers in our place: its page is never kept as one of ours.
const ours = (reply) => reply.ok && !reply.redirected && reply.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'");
const keep = async (page, reply) => ours(reply) && (await caches.open(KEPT)).put(page, reply);
// In the language of this visit, with the helplines for its ages and whoever is named there; not with what is open now.
const help = () => Promise.all(HELP.map((page) => fetch(`${page}?kept`).then((reply) => keep(page, reply)).catch(() => null)));

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(DULL).then((reply) => keep(DULL, reply)).then((done) => done === false && Promise.reject(new Error(DULL))));
  event.waitUntil(help());
});

self.addEventListener('activate', (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

// Unknown to a worker that was just started: then it is read.
let left;
async function marked() {
  const found = left === undefined ? await caches.match(LEFT).then((mark) => mark?.text()) : '';
  if (left === undefined) left = found ?? '';
  return left;
}

async function mark(word) {
  left = word;
  const cache = await caches.open(KEPT);
  return word ? cache.put(LEFT, new Response(word)) : cache.delete(LEFT);
}

// A step that ends a visit is given up once it is late, or somebody new comes: a reply after that would end their visit.
let trying;
function step(address, patience) {
  trying?.abort();
  const mine = new AbortController();
  trying = mine;
  const timer = setTimeout(() => mine.abort(), patience);
  return fetch(address, { redirect: 'manual', signal: mine.signal }).finally(() => clearTimeout(timer));
}

// The browser may never have come to the last step of the way out, which takes the visit away: then the worker takes it.
let coming = false; // a code was typed, and whether it leads anywhere is not known yet
async function end() {
  if (coming || ![OWED, NEXT].includes(await marked())) return;
  const reply = await step('/leave?later', PATIENCE).catch(() => null);
  if (reply && ours(reply)) await mark(left === NEXT ? '' : OVER);
}

const pause = (time) => new Promise((go) => { setTimeout(go, time); });
async function insist() {
  for (let time = 1000; left === OWED && time < 60000; time *= 2) {
    await end();
    if (left === OWED) await pause(time);
  }
}

const late = (patience) => new Promise((_, reject) => { setTimeout(reject, patience); });
const soon = (request, patience, how) => Promise.race([fetch(request, how), late(patience)]);
const drop = (...pages) => caches.open(KEPT).then((cache) => Promise.all(pages.map((page) => cache.delete(page))));
const stale = (reply) => !(Math.abs(Date.now() - Date.parse(reply.headers.get('Date'))) < FRESH);

// Help of another day is still help; but whoever was there on that day may be in another school than this device is now.
const later = async (help) => new Response((await help.text()).replace(/<p data-day>[^]*?<\/p>/, ''), { headers: help.headers });

async function kept(page) {
  const found = await caches.match(page);
  if (found && HELP.includes(page) && stale(found)) return later(found);
  const old = found && [QUESTIONS, ORDINARY].includes(page) && stale(found);
  if (old) await drop(QUESTIONS, ORDINARY);
  return found && !old ? found : caches.match(DULL);
}

async function file(request) {
  const found = await caches.match(request);
  if (found) return found;
  const reply = await fetch(request);
  keep(request, reply.clone());
  return reply;
}

// A shared device's page says so; an own phone keeps no trace of the questions. The copy that is kept is another page: it asks
// first whether it is the right one, and has no boxes, for no words are typed without a network. Whoever asked for the page
// waits for none of this.
async function aside(reply) {
  const said = reply.headers.get('X-Shared-Device');
  if (['over', 'paused'].includes(said)) return drop(QUESTIONS, ORDINARY);
  if (!reply.ok || !said) return undefined;
  const copy = fetch(`${QUESTIONS}?kept`);
  const ordinary = fetch(ORDINARY); // for whoever would rather not
  return Promise.all([[QUESTIONS, copy], [ORDINARY, ordinary]].map(async ([page, got]) => keep(page, await got)));
}

// Where somebody went out: while their visit lives, nothing that it shows; then what the service says to whoever has none.
async function again(request) {
  if (left !== OVER) await Promise.race([end(), pause(HURRY)]);
  if (left === NEXT) return kept(QUESTIONS);
  return left === OWED ? kept(DULL) : soon(request, HURRY).catch(() => kept(DULL));
}

async function go(event, pathname, reply) {
  const { request } = event;
  const word = await marked();
  const back = request.isHistoryNavigation || request.cache === 'force-cache';
  if (word === NEXT ? pathname === QUESTIONS : word && (back || THEIRS.includes(pathname))) return again(request);
  if (word !== NEXT) event.waitUntil(end());
  return reply();
}

// Without a network the first page gives a shared device's next person the questions. What they come to from there is theirs,
// but the questions are asked of the service again only once the last visit is over.
async function first() {
  const page = await kept(QUESTIONS);
  if (left && await caches.match(QUESTIONS)) await mark(left === OVER ? '' : NEXT);
  return page;
}

// Questions bring the visit along, in their own language or for the next person: what is still on its way when somebody goes
// out would bring it back.
let visit = new AbortController();
function out() {
  visit.abort();
  visit = new AbortController();
  return mark(OWED);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === 'navigate') coming = pathname === '/join';
  if (coming) trying?.abort();
  if (search.startsWith('?joined')) event.waitUntil(mark('')); // the code was right: another visit has begun
  if (request.method !== 'GET') return;
  if (pathname.startsWith('/static/')) event.respondWith(file(request));
  else if (request.mode !== 'navigate' || pathname.startsWith('/staff')) return;
  else if (pathname === '/leave') {
    // What another site leads here is passed on as it is: the service tells that by the request, and ends nothing. Nor does
    // the worker, to which an address that was typed looks alike: only one to which no reply comes is a way out.
    const own = request.referrer.startsWith(`${origin}/`);
    const reply = own ? step(request.url, HURRY) : soon(request, HURRY);
    if (own) event.waitUntil(out());
    event.waitUntil(reply.then(() => own && search && mark(OVER), own ? insist : () => out().then(insist)));
    event.respondWith(reply.catch(() => kept(DULL)));
  } else if (pathname === QUESTIONS) {
    const reply = go(event, pathname, () => soon(request.url, PATIENCE, { redirect: 'manual', signal: visit.signal }));
    event.waitUntil(reply.then((page) => Promise.allSettled([aside(page), page.ok && help()]), () => null));
    event.respondWith(reply.catch(() => kept(QUESTIONS)));
  } else if ([ORDINARY, ...HELP].includes(pathname)) event.respondWith(go(event, pathname, () => soon(request, HURRY)).catch(() => kept(pathname)));
  else event.respondWith(go(event, pathname, () => fetch(request)).catch(() => (pathname === '/' ? first() : kept(DULL))));
});
