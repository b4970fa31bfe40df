// On a shared device a child who walks away leaves nothing: after three quiet minutes the page is covered and asks, then it
// begins anew. Whoever was away (a helpline's page in another tab, a tablet that slept) is asked first too, and may be another
// person: a page that nobody sees is covered. After a quarter of an hour it is another one.
const WARNED = 180000;
const LONG_AWAY = 900000;

function swallow() {
  const gone = (event) => { event.preventDefault(); event.stopPropagation(); };
  addEventListener('click', gone, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', gone, { capture: true }), 700);
}

export function watch(dialog, { idle, left }) {
  const button = dialog.querySelector('button');
  const asks = () => dialog.hasAttribute('open'); // a browser that knows no dialog has its attributes all the same
  const away = () => Date.now() - since;
  let quiet;
  let last;
  let since;
  const stay = () => {
    clearTimeout(quiet);
    clearTimeout(last);
    if (asks()) dialog.close ? dialog.close() : dialog.removeAttribute('open');
    quiet = setTimeout(ask, WARNED);
    since = Date.now();
  };
  const cover = () => {
    if (asks()) return undefined;
    if (dialog.showModal) return dialog.showModal();
    dialog.setAttribute('open', '');
    return button.focus();
  };
  const over = () => { stay(); left(); };
  const ask = () => {
    if (!idle()) return stay();
    if (away() > LONG_AWAY) return over();
    clearTimeout(last);
    last = setTimeout(over, document.hidden ? LONG_AWAY - away() : 20000); // nobody is warned by a page that nobody sees
    return cover();
  };
  const answer = () => (away() > LONG_AWAY ? over() : stay());
  button.addEventListener('click', answer);
  dialog.querySelector('[data-next]').addEventListener('click', over);
  dialog.addEventListener('close', answer);
  for (const act of ['pointerdown', 'keydown', 'input', 'scroll']) {
    addEventListener(act, (event) => {
      if (asks()) return;
      if (away() < 200000 || !idle()) return stay();
      event.preventDefault(); // the press that wakes a tablet is no answer, wherever its click lands
      if (act === 'pointerdown') swallow();
      return ask();
    }, { passive: false, capture: true });
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return idle() && cover();
    if (away() > WARNED) return ask();
    return asks() && stay();
  });
  stay();
}
