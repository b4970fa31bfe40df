// Without a network, or on a line that hangs: the way out leads to a dull page, help is there as it was at this visit, and a
// shared device still has the questions for the next person, on the day on which it got them: on another day it may stand in
// another school, or the play may be over. Nothing that anybody typed comes near here: only pages as the server sends them to
// everybody, and our own files.
const KEPT = 'heard-1';
const DULL = '/quiet';
const QUESTIONS = '/answer';
const ORDINARY = '/activity';
const HELP = ['/help', '/help/card'];
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

const late = (patience) => new Promise((_, reject) => { setTimeout(reject, patience); });
const soon = (request, patience) => Promise.race([fetch(request), late(patience)]);
const drop = (...pages) => caches.open(KEPT).then((cache) => Promise.all(pages.map((page) => cache.delete(page))));
const stale = (reply) => !(Math.abs(Date.now() - Date.parse(reply.headers.get('Date'))) < FRESH);

async function kept(page) {
  const found = await caches.match(page);
  const old = found && [QUESTIONS, ORDINARY].includes(page) && stale(found); // help of another day is still help
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

// A shared device's page says so; an own phone keeps no trace of the questions. Where it has boxes for words, the copy that is
// kept is one without: no words are typed without a network. Whoever asked for the page waits for none of this.
async function aside(reply) {
  const said = reply.headers.get('X-Shared-Device');
  if (['over', 'paused'].includes(said)) return drop(QUESTIONS, ORDINARY);
  if (!reply.ok || !said) return undefined;
  const copy = said === '1' ? reply.clone() : fetch(`${QUESTIONS}?kept`);
  const ordinary = fetch(ORDINARY); // for whoever would rather not
  return Promise.all([[QUESTIONS, copy], [ORDINARY, ordinary]].map(async ([page, got]) => keep(page, await got)));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/static/')) event.respondWith(file(request));
  else if (request.mode !== 'navigate' || pathname.startsWith('/staff')) return;
  else if (pathname === QUESTIONS) {
    const reply = soon(request, PATIENCE);
    event.waitUntil(reply.then((page) => Promise.allSettled([aside(page), page.ok && help()]), () => null));
    event.respondWith(reply.catch(() => kept(QUESTIONS)));
  } else if (['/leave', ORDINARY, ...HELP].includes(pathname)) event.respondWith(soon(request, HURRY).catch(() => kept(pathname)));
  else event.respondWith(fetch(request).catch(() => kept(pathname === '/' ? QUESTIONS : DULL)));
});
