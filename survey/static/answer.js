// Steps over one form. The server's page works without this; here it shows one step at a time, keeps answers in the form
// and nowhere else, and sends once. Item keys are free words, so fields are found by selector, never as a property of the form.
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const root = document.documentElement;
const form = one('#answer');
const ask = (event) => event.preventDefault();
const unguard = () => removeEventListener('beforeunload', ask);
const FIELDS = '.step input:not([type=hidden]), .step select, .step textarea'; // a form's own marks are nobody's answers
const ALL = `${FIELDS}, .ease select, #talk .field input`;
const ticked = (input) => ['radio', 'checkbox'].includes(input.type);
const HOLDS = 300000; // a page that is begun later than this is asked for anew
const written = (input) => (ticked(input) ? input.checked : input.value.trim() !== '');

// A text that is still in English on a page in another language stands between two signs, and is marked where it goes.
const plain = (text) => text.replace(/[\ue000\ue001]/g, '');
function say(where, text) {
  const { lang, dir } = text[0] === '\ue000' ? { lang: 'en', dir: 'ltr' } : root;
  return Object.assign(where, { lang, dir, textContent: plain(text) });
}

// A network's own page (sign in first, blocked here) stands in for ours with any status; it cannot know our policy.
const ours = (reply) => reply?.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'");

function clear(input) {
  if (ticked(input)) input.checked = false;
  else input.value = '';
}

// A recording is heard with its own question, one at a time.
function hush(but) {
  for (const sound of all('audio')) if (sound !== but) Object.assign(sound, { currentTime: 0 }).pause();
}
document.addEventListener('play', ({ target }) => hush(target), true); // it does not bubble

// What was begun for one person (a set on its way, a wait) does nothing any more once that person's answers are gone.
let person = {};

function wipe() {
  person = {};
  unguard();
  hush();
  window.name = '';
  all(ALL).forEach(clear);
  for (const check of all('#answers')) check.textContent = ''; // it repeats what was chosen
}

// How the page looks stands in its panel. Where the same person goes on, the tab's name takes it along for that step, neither
// stored nor sent, and whichever page comes takes it away; help, from which Back leads to that person's page, holds it.
const looks = all('.ease option[id]');
const worn = () => looks.filter((option) => option.selected).map(({ id }) => id);
const wear = (ids) => { for (const option of looks) if (ids.includes(option.id)) option.selected = true; };
const carry = (ids = worn()) => { window.name = ids.join(' '); };
if (document.referrer) wear(window.name.split(' ')); // whoever typed this page's address may be somebody else
window.name = '';
if (location.pathname === '/help') {
  carry();
  document.addEventListener('change', () => carry());
}
document.addEventListener('onward', () => carry());
document.addEventListener('click', (event) => {
  if (!event.defaultPrevented && event.target.closest?.('[href^="/help"], .tongues a')) carry();
});

function goOn(address) {
  const ids = worn();
  const check = one('#answers');
  if (check) check.style.minHeight = `${check.offsetHeight}px`; // it goes empty, and nothing moves while the next page comes
  wipe();
  carry(ids);
  location.replace(address);
}

function goAway(address) {
  root.hidden = true;
  document.title = 'Heard';
  try {
    wipe();
  } finally {
    location.replace(address); // whatever an old browser does not know: out is out
  }
}

// Sealing needs a secure page; without it the form is sent as it stands and nothing is kept on the device. An idle page is
// wiped in either case.
const loaded = new Promise((ready) => {
  if (document.readyState === 'complete') ready();
  else addEventListener('load', () => setTimeout(ready)); // the first load is the page, its script and its faces: the rest waits
});

// A module that did not come may be remembered as failed under its address: it is asked for again under another.
async function bring(from, name) {
  const address = from.getAttribute(name);
  try {
    return await import(address);
  } catch (fault) {
    if (from.getAttribute(name) === address) from.setAttribute(name, `${address}&again`);
    throw fault;
  }
}

const pause = (time) => new Promise((go) => { setTimeout(go, time); });
const soon = (wanted, time) => Promise.race([wanted, pause(time)]);
const come = (from, name, wait = 1000) => bring(from, name).catch(() => pause(wait).then(() => come(from, name, Math.min(wait * 2, 60000))));
const device = loaded.then(() => come(root, 'data-device'));
const idle = one('#idle');
const clearing = (when) => loaded.then(() => come(idle, 'data-watch')).then(({ watch }) => watch(idle, when));

for (const way of all('[href="/leave"]')) {
  way.addEventListener('click', (event) => {
    event.preventDefault();
    goAway(way.href);
  });
}

// A page taken back out of the browser's memory may hold somebody else's answers.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  root.hidden = true;
  const ids = window.name.split(' '); // of somebody who comes back from the page of help
  wipe();
  carry(ids);
  location.reload();
});

// A phone that is turned goes by what lies at the top of its window: our row there, which is in sight of every place only when
// upright, so that the page would jump to its beginning. What somebody was at, and saw, comes into sight again; where they had
// gone on, what stood in the middle.
let place = () => {};
let looking;
function look() {
  const stop = document.activeElement;
  const { top, bottom } = stop.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) {
    place = () => (stop.closest('label') ?? stop).scrollIntoView({ block: 'nearest' });
    return;
  }
  const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? stop;
  const share = (box) => (innerHeight / 2 - box.top) / box.height;
  const was = share(middle.getBoundingClientRect());
  place = () => {
    const box = middle.getBoundingClientRect();
    scrollBy(0, (was - share(box)) * box.height);
  };
}
for (const move of ['scroll', 'focusin']) {
  addEventListener(move, () => {
    clearTimeout(looking);
    looking = setTimeout(look, 100); // neither within a tap nor while the phone is being turned
  }, { passive: true });
}
matchMedia('(orientation: portrait)').addEventListener?.('change', () => place());

// What a QR code put into the address: CODE, CARD or CODE.CARD; a code has 8 signs, a card 7. Taken out of the address.
function scanned() {
  const parts = location.hash.slice(1).split('.').map((part) => part.replace(/[^0-9a-z]/gi, '')).filter(Boolean);
  if (parts.length) history.replaceState(null, '', location.pathname);
  return parts;
}

function scan(join) {
  const parts = scanned();
  if (!parts.length) return;
  for (const part of parts) one(part.length === 7 ? '[name=card]' : '[name=code]', join).value = part;
  if (parts.some((part) => part.length !== 7)) return one('.button', join).click();
  const said = one('#card-read');
  say(said, said.dataset.text);
  one('#code').focus();
}

function walk() {
  const list = all('.step');
  const last = list.length - 1; // the check; the help page, if there is one, stands behind it
  const texts = one('#check').dataset; // an item called "dataset" would shadow the form's own
  const fresh = () => crypto.getRandomValues(new Uint8Array(16)).reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '');
  let run = fresh(); // the history's, never a submission's
  const name = (id = fresh()) => { for (const field of all('[name=submission]')) field.value = id; };
  const [back, next, status, help, unsent] = ['#back', '#next', '#status', '#help', '#unsent'].map((what) => one(what));
  const { title } = document;
  const end = form.getAttribute('action') === '/answer' ? '/thanks' : '/finished';
  let others = 'again' in texts || 'chosen' in texts || end === '/finished';
  let at = 0;
  let depth = 0;
  let checked = false;
  let sending = false;
  let missed = 0; // how often the module that seals was not to be had
  let made = Date.now();
  let known = one('#right-one') ? 0 : made; // when these were the questions to ask: a kept copy does not know
  let asking = false;
  let cut = false; // no service when somebody began here: no box
  let told = false; // what was typed has arrived, though the answers may not have
  let later; // what came while somebody reads the helplines: nobody is torn away from them
  let done = false; // these answers are kept; whatever comes now is another person's

  // Looked up once: on a slow phone every search of the page costs a tap.
  const fields = new Map(list.map((step) => [step, all(FIELDS, step)]));
  const still = new Set(list.filter((step) => one('[data-still]', step)));
  const chosen = (step) => (fields.get(step) ?? all(FIELDS, step)).filter(written);
  const typedIn = (step) => chosen(step).some((field) => !ticked(field)); // who should read it is no word yet
  // For how long an empty box is offered, and for how long what stands beside it about its readers is true.
  const over = (n) => Date.now() - made >= form.getAttribute('data-holds')?.split(' ')[n] * 1000;
  const asked = (step) => {
    const { if: key, in: options } = step.dataset;
    const parent = key && one(`#q-${key}`);
    if ('box' in step.dataset && (cut || !navigator.onLine || over(0)) && !typedIn(step)) return false; // no box without a network, or a reader
    if ('own' in step.dataset && one('[name=helped]')?.checked) return false; // whoever helps would see it
    return !key || (asked(parent) && chosen(parent).some((input) => options.split(' ').includes(input.value)));
  };
  const open = (step) => step.dataset.key && asked(step);

  // "of 8" only where every question that depends on an answer comes after that answer was passed.
  function place(step) {
    const shown = list.filter((step) => open(step) && !still.has(step));
    const sure = list.every(({ dataset }) => !dataset.if || list.indexOf(one(`#q-${dataset.if}`)) < at);
    return (sure ? texts.of : texts.step).replace('{n}', shown.indexOf(step) + 1).replace('{total}', shown.length);
  }

  function counted(step) {
    const count = one('.count', step);
    return count && !still.has(step) ? say(count, place(step)) : count;
  }

  function show(index) {
    hush();
    at = index;
    const now = list[at];
    for (const step of list) if (step.hidden === (step === now)) step.hidden = step !== now;
    for (const page of all('.kept')) page.hidden = true; // it comes back after help
    for (const notice of all('#summary, #waiting')) notice.hidden = at !== last;
    back.hidden = !depth;
    back.disabled = sending && at <= last;
    next.hidden = at >= last || !!one('.pair', now);
    if (!sending) status.textContent = '';
    if (over(1)) for (const line of all('[data-now], [data-then]')) line.hidden = 'now' in line.dataset;
    checked = checked || at === last;
    if (at === last) requestAnimationFrame(review); // the many rows wait for the tap's frame
    const count = counted(now);
    const heading = one('h1, h2', now);
    const named = `${one('#summary') && at === last ? `${plain(texts.error)} ` : ''}${(count || heading).textContent} – Heard`;
    document.title = at && now.id !== 'intro' ? named : title; // what these questions are about stays out of the browser's history
    return heading;
  }

  // Given at once, the focus would have the page laid out within the tap, and once more for the frame: it waits for that.
  function lead(heading, field) {
    requestAnimationFrame(() => {
      scrollTo(0, 0);
      if (field) field.focus();
      else heading.focus({ preventScroll: true });
    });
  }

  function turn(index, field) {
    depth += 1;
    history.pushState({ run, at: index, depth }, '');
    lead(show(index), field);
  }

  // Whoever begins on a page that stood here gets what the service gives now, or no box where it is not to be had.
  async function begin(index, field) {
    if (asking) return undefined;
    asking = true;
    const [mine, here] = [person, at];
    const said = await soon(bring(form, 'data-stood').then(({ stands }) => stands(form)).catch(() => 'cut'), 5000) ?? 'cut';
    asking = false;
    if (person !== mine) return undefined;
    if (said === 'other') return goOn(`/answer${location.search}`);
    cut = said === 'cut';
    made = cut ? made : Date.now();
    known = cut ? 0 : made;
    return at === here ? turn(index, field) : undefined;
  }

  function go(index, field) {
    if (sending && index < last) return undefined; // what is on its way is what was pressed; help is there all the same
    const begins = list[at].id === 'intro' && index <= last && !list.some((step) => chosen(step).length);
    if (!begins || Math.abs(Date.now() - known) < HOLDS || !form.getAttribute('data-stood')) return turn(index, field);
    cut = !navigator.onLine;
    return cut ? turn(index, field) : begin(index, field);
  }

  // A number or a card that Send would refuse is named on its own question, where a child can still put it right. The last
  // sign of a card checks the others (pairing.py): two times the sum so far, sign by sign, in the field of 32.
  const signs = (typed) => [...typed.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')];
  function isCard(typed) {
    const values = signs(typed).map((sign) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf({ I: 1, L: 1, O: 0 }[sign] ?? sign));
    const sum = values.slice(0, -1).reduce((check, value) => ((check ^ value) << 1) ^ ((check ^ value) & 16 ? 37 : 0), 0);
    return values.length === 7 && !values.includes(-1) && sum === values[6];
  }

  function mark(step, line) {
    const box = one('[data-wrong]', step);
    const told = box ?? step;
    [...step.children].find((part) => all(FIELDS, step).some((field) => part.contains(field))).before(line);
    told.setAttribute('aria-describedby', `${told.getAttribute('aria-describedby') ?? ''} ${line.id}`.trim());
    if (box) box.setAttribute('aria-invalid', 'true');
  }

  function right(step) {
    for (const error of all('.error', step)) {
      for (const field of all(`[aria-describedby~="${error.id}"]`)) {
        field.setAttribute('aria-describedby', field.getAttribute('aria-describedby').replace(error.id, '').trim());
      }
      error.remove();
    }
    all('[aria-invalid]', step).forEach((input) => input.removeAttribute('aria-invalid'));
    one(`#summary a[href="#i-${step.id.slice(2)}"]`)?.closest('li').remove();
    if (!one('#summary li')) one('#summary')?.remove();
  }

  function wrong(step) {
    const box = one('[data-wrong]', step);
    const typed = box?.value.trim();
    if (!typed) return false;
    const { low, high, wrong: text, board } = box.dataset;
    if (board ? isCard(typed) : /^[+-]?\p{Nd}+$/u.test(typed) && !(+typed < low || +typed > high)) return false; // other digits: the server knows
    const line = say(document.createElement('p'), board && signs(typed).length === 8 ? board : text);
    right(step);
    mark(step, Object.assign(line, { id: `e-${step.id.slice(2)}`, className: 'error' }));
    box.focus();
    return true;
  }

  // Once the answers were checked, a changed one leads back to the check, by way of a question that it has opened.
  function forward() {
    if (wrong(list[at])) return;
    let index = at + 1;
    while (index < last && !asked(list[index])) index += 1;
    const opened = list[index].dataset.if && !chosen(list[index]).length;
    go(checked && !opened ? last : index);
  }

  // What an element says, with the marks of another language in it.
  const parts = (element) => (element ? [...element.cloneNode(true).childNodes] : []);
  function copy(element) {
    const line = document.createElement('div');
    line.append(...parts(element));
    return line;
  }

  function said(input) {
    const each = input.closest('.each');
    const thing = one(':scope > .thing', each ?? input.parentElement) ?? each?.firstElementChild;
    const line = copy(ticked(input) && input.parentElement.lastElementChild);
    if (thing) line.prepend(...parts(thing), /\p{P}$/u.test(thing.textContent) ? ' ' : ': ');
    if (!ticked(input)) line.append(`${input.value} `, ...parts(one('.amount span', input.closest('.step'))));
    line.normalize();
    return line;
  }

  function review() {
    if (at !== last) return;
    const answers = one('#answers');
    answers.textContent = '';
    answers.append(...list.filter((step) => step.id !== 'intro' && fields.get(step)?.length && asked(step)).map((step) => {
      const row = one('#line').content.cloneNode(true);
      const question = one('[id^=t-], label', step);
      const empty = 'box' in step.dataset && !typedIn(step); // then what else was ticked there is about nothing
      const given = empty || !chosen(step).length ? [] : all(FIELDS, step).filter(written).map(said); // as moved things were put
      one('dt', row).append(copy(question));
      one('dd', row).append(...(given.length ? given : [say(document.createElement('div'), texts.none)]));
      if (over(1)) one('dd', row).append(...all('[data-then]', step).map(copy));
      one('.away', row).append(': ', ...parts(question));
      one('button', row).addEventListener('click', () => go(list.indexOf(step)));
      return row;
    }));
  }

  function left() {
    const data = new FormData(form);
    for (const step of list) if (step.dataset.key && !asked(step)) data.delete(step.dataset.key);
    return new URLSearchParams(data);
  }

  // Another person, on the same page: nothing of the last one is left, and Back leads nowhere near it.
  function renew() {
    wipe();
    // No page that came back, no words that somebody chose, no ordinary questions: the next person begins anew.
    if (others) return location.replace('/answer?next');
    run = fresh();
    name();
    later = null;
    for (const old of all('#summary, #waiting, .kept')) old.remove();
    list.forEach(right);
    for (const notice of all('#unsent, #told > *')) notice.hidden = true;
    status.textContent = '';
    hold(false);
    [checked, told, done, depth] = [false, false, false, 0];
    history.pushState({ run, at: 0, depth }, '', location.pathname);
    return lead(show(0));
  }

  function stay(page) {
    hold(false);
    at = last;
    for (const step of list) step.hidden = true;
    page.hidden = false;
    back.hidden = true;
    document.title = title;
    lead(one('h1', page));
  }

  function rest(page) {
    const ids = worn();
    wipe();
    wear(ids);
    done = true;
    one('main').append(page);
    one('.again', page)?.addEventListener('click', renew);
    stay(page);
  }

  function meet(act) {
    if (at > last) later = act;
    else act();
  }

  const blank = (what) => one(what).content.firstElementChild.cloneNode(true);

  // These answers wait here. Only what was said of this very set is said of it: it arrived, or nobody can open it any more.
  function wait(mine) {
    const page = blank('#kept');
    rest(page);
    const here = person;
    const learn = ({ detail }) => {
      if (person !== here) return document.removeEventListener('sent', learn);
      if (detail[mine] === 'keeps') return meet(() => goOn(end));
      return detail[mine] && meet(() => {
        page.remove();
        rest(blank('#refused'));
      });
    };
    document.addEventListener('sent', learn);
  }

  function hold(on) {
    [sending, back.disabled] = [on, on];
  }

  function failed(why) {
    hold(false);
    const text = texts[why] ?? texts.failed;
    say(status, told ? `${text} ${texts.told}` : text);
  }

  // Openly only where the server asks for it, where this browser cannot seal, or where what seals is not to be had twice.
  async function sealed(key, body) {
    const kept = await soon(bring(root, 'data-device').catch(() => null), 20000);
    if (kept) return kept.send(key, body).catch(() => null);
    missed += 1;
    return missed > 1 ? null : 'fails';
  }

  // Words go to their readers before the answers; whether anybody is there to read them the server says of an open form.
  async function typed(boxes) {
    if (!form.getAttribute('data-words')) return 'asks again';
    const mine = person;
    const kept = await soon(bring(form, 'data-words').catch(() => null), 20000);
    return kept && person === mine ? kept.send(form, boxes).catch(() => 'stays') : 'stays';
  }

  // What was refused comes back as a page. It is in hand: asked for once more it could be lost on the way, and the answers with
  // it. So its reasons go into the page that stands here.
  function refused(page) {
    const [theirs, ours] = [one('#answer', page), one('#answer')];
    list.forEach(right);
    for (const name of ['data-seal', 'data-words', 'data-readers', 'data-bound', 'data-holds']) {
      const value = theirs.getAttribute(name);
      if (value === null) ours.removeAttribute(name);
      else ours.setAttribute(name, value);
    }
    const known = all('[name]', theirs);
    const same = (field) => known.some((other) => other.name === field.name && (!ticked(field) || other.value === field.value));
    for (const field of all('#answer [name]')) if (!same(field)) Object.assign(field, ticked(field) ? { checked: false } : { value: '' }, { disabled: true });
    for (const note of all('#answer [id^=n-]')) note.replaceWith(one(`#${note.id}`, page) ?? ''); // perhaps nobody reads now
    [others, made] = [true, Date.now()];
    for (const error of all('.step .error', theirs)) mark(one(`#q-${error.id.slice(2)}`), error);
    all('#waiting').forEach((old) => old.remove());
    one('main').prepend(...all('#summary, #waiting', page));
    all('#waiting button').forEach((button) => button.remove());
    hold(false);
    show(at);
    one('#summary, #waiting').focus();
  }

  // Our page that came in place of thanks: held for somebody to look at, taken out for good, or to be put right first.
  function came(page, { status: code }) {
    const main = one('main', page);
    if (one('#answer', page) && one('#summary, #waiting', page)) return refused(page);
    if (code === 413) return failed('long');
    if (!main || ![409, 410].includes(code)) return failed(main && 'unread'); // half a page is a cut line
    all('.ease, template', main).forEach((part) => part.remove());
    const said = document.createElement('section');
    said.className = 'kept';
    said.append(...main.childNodes);
    one('h1', said).tabIndex = -1;
    return rest(said);
  }

  async function send() {
    if (sending) return undefined;
    const mine = person;
    const body = left(); // what is thanked for is what stood here at this press
    const boxes = isSecureContext ? all('[data-box]').filter((step) => asked(step) && typedIn(step)) : [];
    hold(true);
    say(status, texts.sending);
    if (unsent) unsent.hidden = true;
    const words = boxes.length && await typed(boxes);
    if (person !== mine) return undefined;
    if (words === 'stays' || words === 'unsure') {
      return meet(() => {
        all('[data-when]', unsent).forEach((line) => { line.hidden = line.dataset.when !== words; });
        hold(false);
        status.textContent = '';
        unsent.hidden = false;
        unsent.focus();
      });
    }
    if (words === 'long' || words === 'unread') return meet(() => failed(words));
    told = told || words === 'keeps';
    if (words === 'keeps') for (const name of [...body.keys()]) if (all('[data-box]').some((step) => one(`[name="${CSS.escape(name)}"]`, step))) body.delete(name);
    const key = words !== 'asks again' && form.getAttribute('data-seal');
    const said = isSecureContext && key && await sealed(key, body);
    if (person !== mine) return undefined;
    if (said === 'keeps') return meet(() => goOn(end));
    if (said === 'keeps both') return meet(() => goOn('/thanks?twice'));
    if (said === 'waits') return meet(() => wait(body.get('submission')));
    if (['fails', 'long', 'unread'].includes(said)) return meet(() => failed(said));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30000);
    const reply = await fetch(form.getAttribute('action'), { method: 'POST', body, signal: stop.signal }).catch(() => null);
    const thanked = ours(reply) && reply.ok && reply.redirected;
    const html = ours(reply) && !thanked && await reply.text().catch(() => '');
    if (person !== mine) return undefined;
    if (thanked) return meet(() => goOn(reply.url));
    if (end === '/finished') return meet(() => rest(blank('#kept'))); // nothing was to arrive
    return meet(() => (ours(reply) && reply.status < 500 ? came(new DOMParser().parseFromString(html, 'text/html'), reply) : failed()));
  }

  // "No thanks" travels as answers do: sealed, kept until it arrives, and nobody is made to wait for the line.
  async function refuse(event) {
    event.preventDefault();
    unguard();
    carry();
    const { target } = event;
    const mine = person;
    const body = new URLSearchParams([...new FormData(target), ['declined', 'yes']]);
    const key = isSecureContext && form.getAttribute('data-seal');
    const kept = key && await soon(device, 2000);
    const said = kept && await new Promise((go) => { kept.send(key, body, () => setTimeout(go, 2000, 'waits')).then(go, go); });
    if (person !== mine) return;
    if (said === 'keeps' || said === 'waits') location.assign('/activity');
    else HTMLFormElement.prototype.submit.call(target);
  }

  function changed({ target }) {
    addEventListener('beforeunload', ask);
    const step = target.closest('.step');
    const alone = 'alone' in target.dataset;
    if ('box' in step.dataset) bring(form, 'data-words').catch(() => null); // there when it is time to send
    if (target.type !== 'radio' && written(target)) {
      for (const other of all(FIELDS, step)) if (other !== target && (alone || 'alone' in other.dataset)) clear(other);
    }
    right(step);
  }

  function follow(event) {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const target = one(link.getAttribute('href'));
    let index = list.findIndex((step) => step.contains(target));
    while (index > 0 && !asked(list[index])) index += 1;
    const field = target.matches('input') ? target : null;
    if (index > 0) go(index, field);
    else if (index < 0 || field) target.focus();
  }

  if (help) {
    const page = document.createElement('section');
    page.className = 'step';
    page.append(help.content);
    one('main').append(page);
    list.push(page);
    one('#help-link').addEventListener('click', (event) => {
      event.preventDefault();
      if (at <= last) go(last + 1);
    });
  }
  for (const part of all('.part')) part.hidden = true;
  for (const heading of all('#answer h2, #right-one h2')) heading.setAttribute('aria-level', '1');
  one('#check-title').hidden = false;
  form.addEventListener('input', changed);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (at < last) forward();
    else if (at === last) send();
  });
  document.addEventListener('click', follow);
  one('#leave-out')?.addEventListener('click', () => { all('[data-box] textarea, [data-box] [type=text]').forEach(clear); send(); });
  next.addEventListener('click', (event) => { if (event.detail < 2) forward(); });
  back.addEventListener('click', () => history.back());
  one('#decline')?.addEventListener('submit', refuse);
  addEventListener('popstate', ({ state }) => {
    const mine = state?.run === run;
    const act = at > last && later;
    later = null;
    if (done && mine && state.at > last) return lead(show(state.at));
    if (done && act) return act();
    if (done && at > last) return stay(one('.kept'));
    if (done) return one('.kept :is(.again, [href$="?next"])') && renew(); // on an own device nobody comes next
    if (sending && !(mine && state.at >= last)) return history.forward();
    depth = mine ? state.depth : 0;
    lead(show(mine && asked(list[state.at]) ? state.at : 0));
    return act && act();
  });
  if (idle) clearing({ idle: () => (done ? at > last : at > 0 || others || all(ALL).some(written)), left: renew });
  // Paper has all questions, each with its own number.
  const numbers = all('.count').map((count) => [count, count.textContent]);
  addEventListener('beforeprint', () => { for (const [count, text] of numbers) say(count, text); });
  addEventListener('afterprint', () => counted(list[at]));
  const again = 'again' in texts;
  const card = one('#i-card');
  for (const part of scanned()) if (card && !card.value && part.length === 7) card.value = part;
  if (!again) name();
  // What brought somebody here stands in the address no longer.
  history.replaceState({ run, at: again ? last : 0, depth }, '', location.pathname + location.search.replace('?next', ''));
  show(again ? last : 0);
  const first = again && (one('#summary') || one('#waiting'));
  if (first) {
    all('#waiting button').forEach((button) => button.remove());
    addEventListener('beforeunload', ask);
    first.focus();
  }
}

if (form) walk();
else if (idle) {
  const left = () => {
    const beside = location.pathname === '/help/card'; // the questions of somebody who still answers
    if (beside) close();
    goAway(beside ? '/quiet' : '/answer?next');
  };
  clearing({ idle: () => true, left });
}
else if (one('#join')) {
  scan(one('#join'));
  addEventListener('hashchange', () => scan(one('#join')));
}
if (form?.getAttribute('data-alert')) soon(loaded, 3000).then(() => come(form, 'data-alert'));
// What no first step needs comes when all else is there; reading aloud only to a device that may have a voice.
const later = [form?.getAttribute('data-later'), window.speechSynthesis && one('#hear')?.dataset.aloud];
for (const script of later) if (script) loaded.then(() => import(script)).catch(() => null);
