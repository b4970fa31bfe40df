// An answer of which the worker is told at once: sent when it has been chosen, and again until the service has said so. A second
// passes first, for whoever thinks again. Arrow keys choose every answer that they pass, and to hear one takes longer than that:
// what they chose goes with Space or a press, when its question or the page is left, or when it has rested for half a minute.
// It goes sealed as answers do; where it cannot be sealed soon, or the page goes away before it is, it goes as it stands. Only
// here is "at once" true: the page itself promises what Send does, until this runs. Loaded only where one may be told.
const SETTLED = 1000;
const RESTED = 30000;
const PATIENCE = 3000;
const FIRST = 2000;
const LONGEST = 30000;
const form = document.querySelector('#answer');
const all = (what) => document.querySelectorAll(what);
const untold = new Set(); // of everybody who has answered on this page
let latest;
let settling;
let [arrow, walked, gone] = [false, false, false];

// On whichever step is shown, and only to the one whose answer it is.
function say(one, what) {
  if (one !== latest || one.id !== form.querySelector('[name=submission]').value) return;
  gone = gone || what === 'gone'; // the answers were taken out: of no other answer is anybody told
  if (gone) for (const hint of all('[data-tells] [id^=a-]')) hint.textContent = '';
  for (const notice of all('#told > *')) notice.hidden = notice.dataset.when !== (gone ? 'gone' : what);
}

async function close(plain) {
  const key = window.isSecureContext && form.getAttribute('data-seal');
  const { closed } = key ? await import(document.documentElement.dataset.device) : {};
  return closed && new URLSearchParams(await closed(key, plain));
}

const late = () => new Promise((done) => { setTimeout(done, PATIENCE); });

function begin() {
  const open = new URLSearchParams(new FormData(form));
  const one = { id: open.get('submission'), open, body: open, pause: FIRST };
  if (latest?.id === one.id) untold.delete(latest); // chosen anew
  untold.add(one);
  latest = one;
  one.ready = Promise.race([close(open), late()]).catch(() => null).then((sealed) => { one.body = sealed || open; });
}

async function post(one) {
  clearTimeout(one.timer);
  if (!untold.has(one)) return undefined;
  const { id, body } = one;
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20000);
  const request = { method: 'POST', body, keepalive: true, signal: stop.signal };
  const reply = await fetch('/alert', request).catch(() => null);
  const said = reply && await reply.text().catch(() => '');
  if (!untold.has(one)) return undefined; // chosen anew meanwhile
  const heard = { [`Heard tells ${id}`]: 'told', [`Heard keeps nothing of ${id}`]: 'gone' }[said];
  if (heard) {
    untold.delete(one);
    return say(one, heard);
  }
  if (said === `Heard asks again ${id}` && body !== one.open) {
    one.body = one.open;
    return post(one);
  }
  say(one, 'untold');
  clearTimeout(one.timer);
  one.timer = setTimeout(post, one.pause, one);
  one.pause = Math.min(one.pause * 2, LONGEST);
  return undefined;
}

function hurry() {
  clearTimeout(settling);
  if (!settling) return;
  settling = 0;
  const one = latest;
  one.ready.then(() => post(one));
}

function settle() {
  clearTimeout(settling);
  walked = arrow;
  settling = setTimeout(hurry, arrow ? RESTED : SETTLED);
}

const question = (target) => target.closest('[data-tells]');
const confirmed = ({ target }) => { if (settling && question(target)) settle(); }; // what arrow keys had chosen
addEventListener('keydown', (event) => {
  arrow = event.key.startsWith('Arrow');
  if (event.key === ' ') confirmed(event); // it clicks only what is not chosen yet
}, true);
addEventListener('keyup', () => { arrow = false; }, true);
form.addEventListener('change', ({ target }) => {
  if (!question(target)) return;
  begin();
  settle();
});
form.addEventListener('click', confirmed);
form.addEventListener('pointerdown', ({ target }) => { if (question(target)) walked = false; }); // takes the focus, and stays here
form.addEventListener('focusout', ({ target, relatedTarget }) => {
  if (!walked || target === document.activeElement) return; // still there: only the window lost the focus
  if (!question(target)?.contains(relatedTarget)) hurry();
});
form.addEventListener('submit', hurry);
document.querySelector('#next').addEventListener('click', hurry);
addEventListener('popstate', hurry);
document.addEventListener('visibilitychange', () => { if (document.hidden) hurry(); });
addEventListener('online', () => { for (const one of untold) if (one !== latest || !settling) post(one); });
addEventListener('pagehide', () => untold.forEach(post)); // nothing waits any more

for (const line of all('[data-told]')) line.hidden = line.dataset.told === 'sent';
if (form.querySelector('[data-tells] :checked')) { // chosen before this came
  begin();
  settle();
}
