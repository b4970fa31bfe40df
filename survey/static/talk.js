// The last page, the same from everybody: sealed to those who read it, of one size whatever was chosen, sent at once or not at
// all, never kept here. Readers who were not chosen get a seal that says nothing. Without WebCrypto it is sent as it stands,
// filled to one size, and the server seals it.
const SIZE = 8192; // the longest that can be typed fits
const NOTHING = { asks: 'none', name: '', who: '', when: '' };
const one = (what) => document.querySelector(what);
const form = one('#talk');
const bytes = (text) => new TextEncoder().encode(text);
// One that did not come is asked for again when it is needed; answer.js has given it another address by then.
const device = () => import(document.documentElement.dataset.device);
device().catch(() => null);
const ask = (event) => { if (!document.documentElement.hidden) event.preventDefault(); }; // never whoever leaves
let doubt = false; // whether something went out to which no reply of ours came
let last = {}; // the same again is the very same envelopes, so that it is kept once

function said() {
  const data = new FormData(form);
  const [asks, name, who, when] = ['asks', 'child', 'person', 'when'].map((field) => (data.get(field) ?? '').trim());
  return { plain: { asks, name, who, when }, school: data.get('reader') === 'school', kept: ['ticket', 'end', 'slip'].map((name) => [name, data.get(name)]) };
}

function filled(slip) {
  const plain = bytes(JSON.stringify(slip));
  const whole = new Uint8Array(Math.max(+form.dataset.size, plain.length)); // a longer one is refused, and sent openly
  whole.set(plain);
  return whole;
}

async function sealed() {
  const { plain, school, kept } = said();
  const mark = JSON.stringify([plain, school, kept]);
  if (last.mark === mark) return last.body;
  const { seal, pack, unpack } = await device().catch(device);
  const { readers, bound } = form.dataset;
  const envelopes = readers.split(' ').map((reader) => reader.split('.')).map(async ([where, id, point]) => {
    const meant = where === 'outside' || school ? plain : NOTHING;
    return `${id}.${pack(await seal(unpack(point), bytes(bound + id), filled(meant)))}`;
  });
  const body = new URLSearchParams([...kept, ['bound-to', bound], ['sealed-slip', (await Promise.all(envelopes)).join('~')]]);
  last = { mark, body };
  return body;
}

function openly() {
  const body = new URLSearchParams(new FormData(form));
  body.set('fill', 'x'.repeat(Math.max(0, SIZE - body.toString().length)));
  return body;
}

function post(body) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20000);
  return fetch(form.action, { method: 'POST', body, signal: stop.signal }).catch(() => null);
}
// A network's own page stands in for ours with any status; it cannot know our policy.
const ours = (reply) => reply?.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'");

function wipe() {
  removeEventListener('beforeunload', ask);
  last = {};
  for (const field of form.querySelectorAll('input:not([type=hidden])')) {
    if (field.type === 'radio') field.checked = field.value === 'beyond';
    else field.value = '';
  }
}

function hold(on) {
  for (const field of form.querySelectorAll('input:not([type=hidden]), button')) field.disabled = on;
}

function show(what) {
  for (const notice of ['#summary', '#unsent', '#unsure']) one(notice).hidden = notice !== what;
  one('#e-asks').hidden = what !== '#summary';
  if (what === '#summary') one('#asks').setAttribute('aria-describedby', 'e-asks');
  one(what)?.focus();
}

// Help is a part of this page: whoever looks there loses nothing that they typed, and is not led away from it.
const back = one('#back');
const page = Object.assign(document.createElement('section'), { className: 'step', hidden: true });
page.append(one('#help').content);
one('main').append(page);
let shut; // while help is open, what comes waits for it to be closed
let close;
let parts = [];
function turn(help) {
  if (help === !page.hidden) return;
  if (help) {
    parts = [...one('main').children].filter((part) => part !== page && !part.hidden);
    shut = new Promise((done) => { close = done; });
  }
  for (const part of parts) part.hidden = help;
  [page.hidden, back.hidden] = [!help, !help];
  const heading = (help ? page : one('main')).querySelector('h1');
  document.title = `${heading.textContent} – Heard`;
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
  if (!help) close();
}
one('#help-link').addEventListener('click', (event) => {
  event.preventDefault();
  if (!page.hidden) return;
  history.pushState({ help: true }, '');
  turn(true);
});
back.addEventListener('click', () => history.back());
addEventListener('popstate', ({ state }) => turn(!!state?.help));

form.addEventListener('input', () => addEventListener('beforeunload', ask));
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!one('[name=asks]:checked')) return show('#summary');
  const offline = !navigator.onLine;
  const [open, seals] = [openly(), window.isSecureContext && form.dataset.readers && sealed().catch(() => null)];
  hold(true); // what is sent is what stands here now
  const closed = await seals;
  let reply = await post(closed || open);
  if (closed && ours(reply) && reply.status === 422) reply = await post(open); // other readers by now
  await shut;
  if (document.documentElement.hidden) return undefined; // whoever has left is not brought back
  hold(false);
  if (ours(reply) && reply.redirected && reply.ok) {
    document.dispatchEvent(new Event('onward'));
    wipe();
    return location.replace(reply.url);
  }
  doubt = doubt || (!ours(reply) && !offline); // it may have arrived all the same
  return show(doubt ? '#unsure' : '#unsent');
});
addEventListener('pagehide', wipe);
