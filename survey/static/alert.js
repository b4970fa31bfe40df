// An answer of which the worker is told at once: sent when it has been chosen, and again until the service has said so.
// A second passes first, so that walking over the answers with the arrow keys tells nobody. Loaded only where one may be told.
const SETTLED = 1000;
const FIRST = 2000;
const LONGEST = 30000;
const form = document.querySelector('#answer');
let [body, timer, pause] = [null, 0, FIRST];

function show(untold) {
  for (const line of document.querySelectorAll('[data-untold]')) line.hidden = !untold;
}

async function send() {
  clearTimeout(timer);
  const mine = body;
  if (!mine) return;
  const request = { method: 'POST', body: mine, keepalive: true, signal: AbortSignal.timeout?.(20000) };
  const reply = await fetch('/alert', request).catch(() => null);
  const said = reply && await reply.text().catch(() => '');
  if (body !== mine) return; // chosen anew meanwhile
  if ((reply?.status === 410 && said.includes(mine.get('submission'))) || said === `Heard tells ${mine.get('submission')}`) {
    [body, pause] = [null, FIRST];
    show(false);
    return;
  }
  show(true);
  timer = setTimeout(send, pause);
  pause = Math.min(pause * 2, LONGEST);
}

form.addEventListener('change', ({ target }) => {
  if (!target.closest('[data-tells]')) return;
  body = new URLSearchParams(new FormData(form));
  clearTimeout(timer);
  timer = setTimeout(send, SETTLED);
});
document.querySelector('#next').addEventListener('click', send);
addEventListener('online', send);
addEventListener('pagehide', send);
