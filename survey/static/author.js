// What is typed into a draft is saved by itself. When that is not possible (signed out, no network, a fault) it stays in
// the page, which says so, and saving is tried again; nothing is written to the device.
const form = document.getElementById("writing");
const said = document.getElementById("saving");
const signIn = document.getElementById("sign-in-again");
const remarks = document.getElementById("remarks");
const again = [...form.querySelectorAll("[data-again]")]; // the page looks different after these: a button takes them
const PAUSE = 1200, AGAIN = 20000;
let unsaved = false, sending = false, passing = false, timer = 0, running = Promise.resolve("saved");

function say(what) {
  said.textContent = said.dataset[what] ?? "";
  signIn.hidden = what !== "signedOut";
}

const before = field => field.type === "checkbox" ? field.defaultChecked && field.value
  : [...field.options].find(one => one.defaultSelected)?.value ?? field.options[0].value;
const now = field => field.type === "checkbox" ? field.checked && field.value : field.value;
const isChosen = () => again.some(field => now(field) !== before(field));

// What saves itself leaves these fields as the page was made for them: its other fields fit no other choice.
function kept() {
  const held = new FormData(form);
  for (const field of again) {
    held.delete(field.name);
    if (before(field) !== false) held.append(field.name, before(field));
  }
  return new URLSearchParams(held);
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (unsaved) save(); }, pause);
}

function save() {
  clearTimeout(timer);
  running = running.then(send, send);
  return running;
}

async function send() {
  unsaved = false;
  sending = true; // nothing counts as saved before the reply: who leaves the page meanwhile is asked
  say("saving");
  let state = await attempt();
  if (state === "token") state = await attempt(); // signed in again in another tab: once more, with its token
  sending = false;
  if (state !== "saved") unsaved = true;
  if (state === "signedOut" || state === "failed") later(AGAIN);
  say(state === "saved" && isChosen() ? "chosen" : state);
  return state;
}

async function attempt() {
  let reply;
  try {
    reply = await fetch(form.action, {
      method: "POST", body: kept(), headers: { Accept: "application/json" }, redirect: "manual",
    });
  } catch { return "failed"; }
  if (reply.type === "opaqueredirect") return "signedOut";
  const told = await reply.json().catch(() => null);
  if (!told) return "failed";
  if (told.token) { form.elements.csrf_token.value = told.token; return "token"; }
  if (!told.saved) return ["unread", "large"].includes(told.trouble) ? told.trouble : "changed";
  take(told);
  return "saved";
}

function take(told) {
  form.elements.was.value = told.was;
  for (const [what, keys] of Object.entries(told.keys ?? {})) {
    keys.forEach((key, n) => { const field = form.elements[`${what}.${n}.key`]; if (field) field.value = key; });
  }
  remarks.replaceChildren(...new DOMParser().parseFromString(told.remarks, "text/html").body.childNodes);
}

form.addEventListener("input", () => { unsaved = true; later(PAUSE); });
form.addEventListener("submit", async event => {
  if (passing) return;
  event.preventDefault();
  const button = event.submitter;
  const state = await save();
  if (!["saved", "changed", "unread"].includes(state)) return; // what was typed stays here
  unsaved = false;
  passing = true;
  form.requestSubmit(button);
});
addEventListener("focus", () => { if (unsaved) save(); });
addEventListener("beforeunload", event => { if (unsaved || sending || (isChosen() && !passing)) event.preventDefault(); });
addEventListener("pageshow", () => { passing = false; });
