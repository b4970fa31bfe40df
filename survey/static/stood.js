// A page that stood there for a while before somebody begins on it: would the service give these questions now, and say the
// same of who reads what is typed? It may promise a reader who has gone home, or be closed, or stopped. Loaded only then.
const one = (what, where) => where.querySelector(what);
const all = (what, where) => [...where.querySelectorAll(what)];
const NAMES = ['data-seal', 'data-words', 'data-readers', 'data-bound'];

// What tells these questions from others that may be asked here by now: their ticket, who reads, and who sees what is answered.
const marks = (form) => NAMES.map((name) => form.getAttribute(name))
  .concat(one('[name=ticket]', form).value, all('.hint, .notice', form).map((note) => note.textContent)).join();

// "same": and for how long what it says of readers holds from now on stands in the form. "other": these are not to be asked as
// they stand. "cut": the service was not to be had, or does not know this device.
export async function stands(form) {
  const reply = await fetch(`/answer?look=${one('[name=look]', form)?.value ?? ''}`);
  const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
  if (!reply.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'")) return 'cut'; // a network's own page
  if (reply.status === 409) return 'other';
  const theirs = reply.ok && one('#answer', page);
  if (!theirs) return 'cut';
  if (marks(theirs) !== marks(form)) return 'other';
  if (theirs.hasAttribute('data-holds')) form.setAttribute('data-holds', theirs.getAttribute('data-holds'));
  return 'same';
}
