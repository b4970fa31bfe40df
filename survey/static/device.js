// What this device keeps and for how long. A set of answers is sealed to the session's public key (HPKE base mode, RFC 9180:
// P-256, HKDF-SHA256, AES-128-GCM), kept, sent, and deleted on receipt; only the server can open it. A receipt is one line
// that names the submission, so that no captive portal passes for one. Nothing else of anybody's answers is ever kept. It waits
// for hours, not for weeks: some browsers delete it after 7 days without a visit, whatever is promised here.
const STEP = 512;
const KEPT_UNHEARD = 60 * 24 * 3600 * 1000;
const KEPT_MORE = 7 * 24 * 3600 * 1000;
const LONGEST_PAUSE = 300000;
const PATIENCE = 20000;
const SLOWEST_DISK = 3000;

const bytes = (text) => new TextEncoder().encode(text);
const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
export const unpack = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
export const pack = (raw) => btoa(raw.reduce((text, byte) => text + String.fromCharCode(byte), '')).replace(/\+/g, '-').replace(/\//g, '_');

// Whoever was never answered would wait for ever: an end to every wait, for browsers of all ages.
export function limit(time = PATIENCE) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), time);
  return stop.signal;
}

async function mac(key, ...parts) {
  const hmac = await crypto.subtle.importKey('raw', key.length ? key : new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', hmac, join(...parts)));
}

const NONE = new Uint8Array();
const KEM = join(bytes('KEM'), [0, 16]);
const SUITE = join(bytes('HPKE'), [0, 16, 0, 1, 0, 1]);
const extract = (suite, salt, label, secret) => mac(salt, bytes('HPKE-v1'), suite, bytes(label), secret);
const expand = async (suite, secret, label, info, size) => (await mac(secret, [0, size], bytes('HPKE-v1'), suite, bytes(label), info, [1])).slice(0, size);

// Bytes that only the holder of the private key can read, and only for what `info` names.
export async function seal(point, info, plain) {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const theirs = await crypto.subtle.importKey('raw', point, curve, false, []);
  const ours = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const enc = new Uint8Array(await crypto.subtle.exportKey('raw', ours.publicKey));
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, ours.privateKey, 256));
  const shared = await expand(KEM, await extract(KEM, NONE, 'eae_prk', dh), 'shared_secret', join(enc, point), 32);
  const context = join([0], await extract(SUITE, NONE, 'psk_id_hash', NONE), await extract(SUITE, NONE, 'info_hash', info));
  const secret = await extract(SUITE, shared, 'secret', NONE);
  const key = await crypto.subtle.importKey('raw', await expand(SUITE, secret, 'key', context, 16), 'AES-GCM', false, ['encrypt']);
  const iv = await expand(SUITE, secret, 'base_nonce', context, 12);
  return join(enc, new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)));
}

export function padded(text) {
  const plain = bytes(text);
  const filled = new Uint8Array(Math.ceil(plain.length / STEP) * STEP);
  filled.set(plain);
  return filled;
}

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function opened() {
  const request = indexedDB.open('heard', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('waiting', { keyPath: 'submission' });
  return settled(request);
}

async function turn(mode, act, late) {
  const database = await opened();
  try {
    if (late.aborted) throw new Error('late');
    const changes = database.transaction('waiting', mode, { durability: 'strict' });
    const done = new Promise((resolve, reject) => { changes.oncomplete = resolve; changes.onabort = () => reject(changes.error); });
    late.onabort = () => changes.abort();
    const [result] = await Promise.all([settled(act(changes.objectStore('waiting'))), done]); // what is not on the disk is not kept
    return result;
  } finally {
    late.onabort = null;
    database.close();
  }
}

// Some releases of WebKit never answer here: what is not kept soon is not kept, and nothing of it comes after that.
function store(mode, act) {
  const late = limit(SLOWEST_DISK);
  const never = new Promise((_, reject) => { late.addEventListener('abort', reject); });
  return Promise.race([turn(mode, act, late), never]);
}

export const waiting = () => store('readonly', (sets) => sets.getAll());
export const forget = () => store('readwrite', (sets) => sets.clear());
const keep = (set) => store('readwrite', (sets) => sets.put(set));
const drop = (set) => store('readwrite', (sets) => sets.delete(set.submission));

// A page of ours instead of a line: refused as it stands. No network's own page can know our policy.
export const refusal = (reply) => reply?.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'") && { 400: 'unread', 413: 'long' }[reply.status];

async function deliver({ ticket, submission, sealed }, waited) {
  const body = new URLSearchParams({ ticket, submission, sealed, waited });
  const reply = await fetch('/answer', { method: 'POST', body, signal: limit() }).catch(() => null);
  const said = await reply?.text().catch(() => '');
  const verb = [...said?.matchAll(/^Heard (keeps|asks again|cannot open) ([0-9a-f]{32})$/g) ?? []].find((found) => found[2] === submission)?.[1];
  if (waited) return verb;
  return verb === 'keeps' && reply.status === 409 ? 'keeps both' : verb ?? refusal(reply);
}

// A form as it may lie here and go over a line: sealed, under the name of the key that opens it.
export async function closed(key, form) {
  const [, id, point, info] = key.match(/^([^.]+)\.([^.]+)\.(.+)$/);
  const sealed = `${id}.${pack(await seal(unpack(point), bytes(info), padded(`${form}`)))}`;
  return { ticket: form.get('ticket'), submission: form.get('submission'), sealed };
}

// "keeps": stored, and deleted here. "keeps both": others had arrived from this page, whose receipt was lost. "asks again",
// "cannot open": refused, to be sent openly. "waits": kept here until the network is back. "fails": neither kept, as on a full
// disk or in a private window, nor sent. "long", "unread": refused, and kept all the same. `lies` is told once it is kept.
export async function send(key, form, lies = () => {}) {
  const set = { ...await closed(key, form), since: Date.now() };
  const kept = await keep(set).then(() => true, () => false);
  if (kept) lies();
  const said = await deliver(set, '') ?? heard[set.submission];
  if (said && !['long', 'unread'].includes(said)) await drop(set).catch(() => null);
  else if (kept) soon();
  return said ?? (kept ? 'waits' : 'fails');
}

const heard = {}; // what was said, while this page stands, of each set that had to wait
let pause = 2000;
let timer;
let busy = false;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

async function tell() {
  const count = (await waiting()).length;
  const box = document.querySelector('#waiting-here');
  if (!box) return;
  box.hidden = !count;
  const [said, text] = [box.firstElementChild, box.dataset.text.replace('{n}', count)];
  said.textContent = count ? text.replace(/[\ue000\ue001]/g, '') : ''; // the signs of a text that is still in English
  if (text[0] === '\ue000') [said.lang, said.dir] = ['en', 'ltr'];
}

// The key dies 14 days after the session's closing, and the server says so. Only it knows that day: a device that has not
// reached it for two months lets go by itself. Its clock may have been wrong, as after a flat battery, or be wrong now: what
// looks too old is marked with this moment, stays, and goes only when that mark is a week old.
async function outlived(set) {
  const [now, { late }] = [Date.now(), set];
  if (late <= now) return now - late > KEPT_MORE;
  const marked = now - set.since > KEPT_UNHEARD ? now : undefined; // a mark that lies ahead was made by a wrong clock
  if (marked !== late) await keep({ ...set, late: marked });
  return false;
}

// What was said of a set is told by its name: that nothing waits here is no proof that anything arrived.
export async function flush() {
  if (busy) return soon(); // a set that is kept by now may not be on the list that is being sent
  busy = true;
  const sets = await waiting().catch(() => null);
  let left = !sets;
  for (const set of sets ?? []) {
    const said = await deliver(set, '1') ?? (await outlived(set).catch(() => false) ? 'cannot open' : null);
    if (said && said !== 'asks again') {
      heard[set.submission] = said;
      await drop(set).catch(() => null);
    } else left = true;
  }
  busy = false;
  await tell().catch(() => null);
  document.dispatchEvent(new CustomEvent('sent', { detail: heard }));
  if (left) return soon();
  pause = 2000;
  return undefined;
}

function eager() {
  pause = 2000;
  flush();
}

addEventListener('online', eager);
document.addEventListener('visibilitychange', () => { if (!document.hidden) eager(); });
document.querySelector('#waiting-here button')?.addEventListener('click', eager);
navigator.serviceWorker?.register('/sw.js').catch(() => null);
// The first visit comes before the service worker: a shared device is given the blank questions for the next person here.
if (document.querySelector('body.quiet #answer[data-seal]')) {
  const keep = async () => {
    const kept = await caches.open('heard-1');
    const blank = await kept.match('/answer') ? null : await fetch('/answer?kept');
    if (blank?.headers.get('X-Shared-Device') !== '1') return; // nor a network's sign-in page in its place
    await kept.put('/answer', blank);
    await kept.add('/activity');
  };
  keep().catch(() => null);
}
flush();
