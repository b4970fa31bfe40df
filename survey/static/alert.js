// An answer of which the worker is told at once: sent when it has been chosen, and again until the service has said so.
// A second passes first, so that walking over the answers with the arrow keys tells nobody. It goes sealed as answers do; where
// it cannot be sealed soon, or the page goes away before it is, it goes as it stands. Loaded only where one may be told.
const SETTLED = 1000;
const PATIENCE = 3000;
const FIRST = 2000;
const LONGEST = 30000;
const form = document.querySelector('#answer');
let [body, open, ready, timer, pause] = [null, null, null, 0, FIRST];

function show(untold) {
  for (const line of document.querySelectorAll('[data-untold]')) line.hidden = !untold;
}

async function close(plain) {
  const key = window.isSecureContext && form.getAttribute('data-seal');
  const { closed } = key ? await import(document.documentElement.dataset.device) : {};
  return closed && new URLSearchParams(await closed(key, plain));
}

const late = () => new Promise((done) => { setTimeout(done, PATIENCE); });

function chosen(plain) {
  body = open = plain;
  ready = Promise.race([close(plain), late()]).catch(() => null).then((sealed) => {
    if (body === plain) body = sealed || plain;
  });
}

async function post() {
  clearTimeout(timer);
  const mine = body;
  if (!mine) return undefined;
  const id = mine.get('submission');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20000);
  const request = { method: 'POST', body: mine, keepalive: true, signal: stop.signal };
  const reply = await fetch('/alert', request).catch(() => null);
  const said = reply && await reply.text().catch(() => '');
  if (body !== mine) return undefined; // chosen anew meanwhile
  if ((reply?.status === 410 && said.includes(id)) || said === `Heard tells ${id}`) {
    [body, pause] = [null, FIRST];
    return show(false);
  }
  if (said === `Heard asks again ${id}` && mine !== open) {
    body = open;
    return post();
  }
  show(true);
  timer = setTimeout(post, pause);
  pause = Math.min(pause * 2, LONGEST);
  return undefined;
}

const send = () => ready?.then(post);

form.addEventListener('change', ({ target }) => {
  if (!target.closest('[data-tells]')) return;
  chosen(new URLSearchParams(new FormData(form)));
  clearTimeout(timer);
  timer = setTimeout(send, SETTLED);
});
document.querySelector('#next').addEventListener('click', send);
addEventListener('online', send);
addEventListener('pagehide', post); // nothing waits any more
