// Without a network: the way out still leads to a dull page, and a shared device still has the questions for the next
// person. Nothing that anybody typed comes near here: only pages as the server sends them to everybody, and our own files.
const KEPT = 'heard-1';
const DULL = '/quiet';
const PATIENCE = 10000;
// A network that wants a sign-in first answers in our place: its page is never kept as one of ours.
const ours = (reply) => reply.ok && !reply.redirected && reply.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'");
const keep = async (page, reply) => ours(reply) && (await caches.open(KEPT)).put(page, reply);

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(DULL).then((reply) => keep(DULL, reply)).then((done) => done === false && Promise.reject(new Error(DULL))));
});

self.addEventListener('activate', (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

const late = () => new Promise((_, reject) => { setTimeout(reject, PATIENCE); });
const kept = (page) => caches.match(page).then((found) => found ?? caches.match(DULL));

async function file(request) {
  const found = await caches.match(request);
  if (found) return found;
  const reply = await fetch(request);
  keep(request, reply.clone());
  return reply;
}

async function questions(request) {
  const reply = await Promise.race([fetch(request), late()]);
  // A shared device's page says so in its body's class; an own phone keeps no trace of the questions.
  // Where it has boxes for words, the copy that is kept is one without: no words are typed without a network.
  const said = reply.headers.get('X-Shared-Device');
  if (said === 'paused') await caches.open(KEPT).then((cache) => cache.delete('/answer'));
  const shared = reply.ok && said;
  if (shared) keep('/answer', shared === '1' ? reply.clone() : await fetch('/answer?kept'));
  return reply;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/static/')) event.respondWith(file(request));
  else if (request.mode !== 'navigate' || pathname.startsWith('/staff')) return;
  else if (pathname === '/answer') event.respondWith(questions(request).catch(() => kept('/answer')));
  else if (pathname === '/leave') event.respondWith(fetch(request).catch(() => caches.match(DULL)));
  else event.respondWith(fetch(request).catch(() => kept(pathname === '/' ? '/answer' : DULL)));
});
