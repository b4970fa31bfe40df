// What somebody typed, sealed to those who may read it and sent at once, or not at all: words never wait on a device. The
// server keeps envelopes; which answers they came with it never learns. Loaded only where a page has boxes.
const one = (what, where = document) => where.querySelector(what);
const fresh = () => crypto.getRandomValues(new Uint8Array(16)).reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '');
const late = () => new Promise((_, reject) => { setTimeout(reject, 20000); });
const device = () => Promise.race([import(document.documentElement.dataset.device), late()]);
const digest = async (text) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

let out; // whose words have gone out: an adult may have them, whatever stands in the boxes by now
let last = {}; // the same words of the same person again are the very same envelopes, so that nothing is kept twice

function said(step) {
  const box = one('textarea, input[type=text]', step);
  return { asked: one('[id^=t-]', step).textContent, said: box.value.trim(), may_print: one('[type=radio][name$=".print"]:checked', step)?.value ?? '' };
}

// On a Wi-Fi without internet nothing leaves the device: only where our own page was to be had just before may words have got
// through without a reply. No page of a network's own can know our policy.
async function reachable(limit) {
  const reply = await fetch('/quiet', { method: 'HEAD', cache: 'no-store', signal: limit(10000) }).catch(() => null);
  return !!reply?.headers.get('Content-Security-Policy')?.startsWith("default-src 'none'");
}

async function sealed(form, boxes) {
  const chosen = one('[name=who-reads]:checked', form)?.value === 'school' ? 'school' : 'outside';
  const [mine, ticket] = ['submission', 'ticket'].map((name) => one(`[name=${name}]`, form).value);
  const plain = JSON.stringify(boxes.map(said)); // all is read at once: what stands here later may be somebody else's
  const { seal, padded, pack, unpack } = await device();
  const mark = pack(await digest(mine + chosen + plain));
  if (last.mark === mark) return last;
  const envelopes = form.getAttribute('data-readers').split(' ').map((reader) => reader.split('.'))
    .filter(([where]) => where === 'outside' || chosen === 'school')
    .map(async ([, id, point]) => `${id}.${pack(await seal(unpack(point), new TextEncoder().encode(form.getAttribute('data-bound') + id), padded(plain)))}`);
  const body = new URLSearchParams({
    ticket, submission: fresh(), 'who-reads': chosen, 'sealed-words': (await Promise.all(envelopes)).join('~'),
  });
  last = { mark, mine, body, kept: false };
  return last;
}

// "keeps": they are with their readers. "asks again": the server wants the open form. "stays": not sent; the page says so and
// asks. "unsure": these words or earlier ones of the same person went out, so that something may be with its readers all the same.
// "long", "unread": refused, and nobody has them.
export async function send(form, boxes) {
  const words = await sealed(form, boxes);
  if (words.kept) return 'keeps';
  const { mine, body } = words;
  const { limit, refusal } = await device();
  if (!await reachable(limit)) return out === mine ? 'unsure' : 'stays';
  const before = out;
  out = mine;
  const reply = await fetch('/words', { method: 'POST', body, signal: limit() }).catch(() => null);
  const text = await reply?.text().catch(() => '');
  const verb = text?.match(/^Heard (keeps|asks again) ([0-9a-f]{32})$/);
  if (verb?.[2] === body.get('submission')) {
    if (verb[1] === 'keeps') last = { mark: words.mark, mine, kept: true };
    return verb[1];
  }
  const refused = refusal(reply);
  if (refused) out = before;
  return refused || 'unsure';
}
