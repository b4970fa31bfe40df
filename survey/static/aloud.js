// Reading aloud, where the device itself has a voice for the page's language: a voice from elsewhere would be sent what the
// page says. Only the page's own words are read, a step's or those of a page without steps, a sentence at a time, never what
// somebody typed or chose; nothing begins unasked, and everything that ends a step ends the reading.
const root = document.documentElement;
const speech = window.speechSynthesis;
const main = document.querySelector('main');
const SILENT = 'nav, button, .button, .count, input, select, textarea, audio, details:not([open]) > :not(summary), .ease, dialog, template, .answers, .tel, .away, .place, [role=status], [hidden]';
const BLOCK = 'h1, h2, h3, p, li, legend, label, summary';
const tongue = (code) => code.toLowerCase().split(/[-_]/)[0];

function voiceFor(lang) {
  const fit = speech.getVoices().filter((voice) => voice.localService === true && tongue(voice.lang) === tongue(lang));
  const here = navigator.language.toLowerCase();
  return fit.find((voice) => voice.lang.toLowerCase().replace('_', '-') === here) ?? fit.find((voice) => voice.default) ?? fit[0];
}

// Runs of text in one block and one language, each as the text nodes that it is made of.
function runs(step) {
  const heard = (node) => (node.data.trim() && !node.parentElement.closest(SILENT) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
  const walker = document.createTreeWalker(step, NodeFilter.SHOW_TEXT, heard);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const [block, { lang }] = [node.parentElement.closest(BLOCK), node.parentElement.closest('[lang]')];
    const last = found[found.length - 1];
    if (last?.block === block && last.lang === lang) last.nodes.push(node);
    else found.push({ block, lang, nodes: [node] });
  }
  return found;
}

function stretch(nodes, from, to) {
  const range = new Range();
  let passed = 0;
  for (const node of nodes) {
    const { length } = node.data;
    if (from >= passed && from < passed + length) range.setStart(node, from - passed);
    if (to > passed && to <= passed + length) range.setEnd(node, to - passed);
    passed += length;
  }
  return range;
}

function sentences(step) {
  return runs(step).flatMap(({ block, lang, nodes }) => {
    const text = nodes.map((node) => node.data).join('');
    const parts = window.Intl?.Segmenter ? [...new Intl.Segmenter(lang, { granularity: 'sentence' }).segment(text)] : [{ segment: text, index: 0 }];
    return parts.filter(({ segment }) => segment.trim()).map(({ segment, index }) => (
      { block, lang, text: segment.trim(), range: stretch(nodes, index, index + segment.trimEnd().length) }
    ));
  });
}

function show(sentence) {
  for (const old of document.querySelectorAll('[data-heard]')) delete old.dataset.heard;
  if (window.CSS?.highlights) CSS.highlights.delete('heard');
  if (!sentence) return;
  if (window.CSS?.highlights) CSS.highlights.set('heard', new Highlight(sentence.range));
  else if (sentence.block) sentence.block.dataset.heard = '';
  sentence.range.startContainer.parentElement.scrollIntoView({ block: 'nearest' });
}

let turn = 0; // what an earlier reading still reports is not for this one
let pressed;
let said; // held: a browser may throw away an utterance that nobody holds, and never report its end

function label(button, reads) {
  const [read, ending] = button.querySelectorAll(':scope > span');
  [read.hidden, ending.hidden] = [reads, !reads];
}

function stop() {
  turn += 1;
  speech.cancel();
  show();
  if (pressed) label(pressed, false);
  pressed = undefined;
}

function read(step, button) {
  stop();
  const mine = turn;
  const list = sentences(step);
  pressed = button;
  label(button, true);
  const next = () => {
    if (mine !== turn) return undefined;
    const sentence = list.shift();
    if (!sentence) return stop();
    const voice = voiceFor(sentence.lang);
    if (!voice) return next();
    said = Object.assign(new SpeechSynthesisUtterance(sentence.text), { voice, lang: voice.lang, onend: next, onerror: next });
    show(sentence);
    return speech.speak(said);
  };
  next();
}

function offer(step) {
  if (step.querySelector('.hear, audio')) return; // a recording is better than any voice
  const button = document.querySelector('#hear').content.firstElementChild.cloneNode(true);
  button.addEventListener('click', () => (pressed === button ? stop() : read(step, button)));
  const panel = step.querySelector('.ease');
  if (panel) panel.append(button);
  else step.querySelector('legend, h1, h2').after(button);
}

let begun = false;

// Steps that are out of sight get their button now, the one in sight when it is come to again: nothing moves under a finger.
function begin() {
  if (begun || !voiceFor(root.lang)) return;
  begun = true;
  const steps = [...main.querySelectorAll('.step')];
  for (const step of steps.length ? steps : [main]) if (step.hidden || step.querySelector('.ease')) offer(step);
  new MutationObserver((changes) => {
    const steps = changes.map(({ target }) => target).filter((target) => target.matches('html, .step'));
    if (steps.length) stop();
    for (const step of steps) if (step !== root && main.contains(step)) offer(step);
  }).observe(root, { subtree: true, attributeFilter: ['hidden'] });
  addEventListener('pagehide', stop);
  document.addEventListener('visibilitychange', () => { if (document.hidden) stop(); });
}

begin();
speech.onvoiceschanged = begin;
