// Without a network, or on a line that hangs: the way out leads to a dull page, help is there as it was at this visit, and a
// shared device still has the questions for the next person. Nothing that anybody typed comes near here: only pages as the server sends them to everybody, and our own files.
const KEPT = 'heard-1';
const DULL = '/quiet';
const ORDINARY = '/activity';
const HELP = ['/help', '/help/card'];
const PATIENCE = 10000;
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
const kept = (page) => caches.match(page).then((found) => found ?? caches.match(DULL));

async function file(request) {
  const found = await caches.match(request);
  if (found) return found;
  const reply = await fetch(request);
  keep(request, reply.clone());
  return reply;
}

async function questions(request) {
  const reply = await soon(request, PATIENCE);
  // A shared device's page says so in its body's class; an own phone keeps no trace of the questions.
  // Where it has boxes for words, the copy that is kept is one without: no words are typed without a network.
  const said = reply.headers.get('X-Shared-Device');
  if (said === 'paused') await caches.open(KEPT).then((cache) => cache.delete('/answer'));
  const shared = reply.ok && said;
  if (shared) {
    keep('/answer', shared === '1' ? reply.clone() : await fetch('/answer?kept'));
    fetch(ORDINARY).then((page) => keep(ORDINARY, page)).catch(() => null); // for whoever would rather not
  }
  return reply;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/static/')) event.respondWith(file(request));
  else if (request.mode !== 'navigate' || pathname.startsWith('/staff')) return;
  else if (pathname === '/answer') {
    const reply = questions(request);
    event.respondWith(reply.catch(() => kept('/answer')));
    event.waitUntil(reply.then(help, () => null));
  } else if (['/leave', ORDINARY, ...HELP].includes(pathname)) event.respondWith(soon(request, HURRY).catch(() => kept(pathname)));
  else event.respondWith(fetch(request).catch(() => kept(pathname === '/' ? '/answer' : DULL)));
});
