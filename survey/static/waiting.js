// For the adult who holds the device: how many sets wait here, send them, or (asked twice) throw them away.
const kept = await import(document.documentElement.dataset.device);
const [state, again, away, sure] = ['#state', '#send', '#away', '#sure'].map((what) => document.querySelector(what));

async function tell() {
  const { length } = await kept.waiting().catch(() => []);
  state.textContent = length ? state.dataset.some.replace('{n}', length) : state.dataset.none;
  for (const button of [again, away]) button.hidden = !length;
  sure.hidden = true;
}

document.addEventListener('sent', tell);
again.addEventListener('click', async () => { await kept.flush(); await tell(); });
away.addEventListener('click', () => { sure.hidden = false; sure.querySelector('button').focus(); });
sure.querySelector('button').addEventListener('click', async () => { await kept.forget(); await tell(); state.focus(); });
await tell();
