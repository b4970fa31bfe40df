// The last page, the same from everybody: sent at one size whatever was chosen, at once or not at all, never kept here.
const SIZE = 8192; // the longest that can be typed fits
const form = document.querySelector('#talk');
const unsent = document.querySelector('#unsent');

form.addEventListener('submit', async (event) => {
  if (!form.querySelector('[name=asks]:checked')) return; // the server says what is missing
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.set('fill', 'x'.repeat(Math.max(0, SIZE - body.toString().length)));
  const button = form.querySelector('button');
  button.disabled = true;
  const reply = await fetch(form.action, { method: 'POST', body, signal: AbortSignal.timeout?.(20000) }).catch(() => null);
  button.disabled = false;
  if (reply?.redirected && reply.ok && new URL(reply.url).origin === location.origin) {
    form.reset();
    location.replace(reply.url);
    return;
  }
  unsent.hidden = false;
  unsent.focus();
});
addEventListener('pagehide', () => form.reset());

// On a shared device a child who walks away leaves nothing here either.
const idle = document.querySelector('#idle');
if (idle && isSecureContext) {
  import(document.documentElement.dataset.device)
    .then((kept) => kept.watch(idle, { idle: () => true, left: () => { form.reset(); location.replace('/answer'); } }))
    .catch(() => null);
}
