// What no checker sees on our kind of page (people.md 1.2): each fault as a sentence. Runs by `evaluate`, under the page's policy.
() => {
  const faults = [];
  const CONTROL = 'a[href], button, input, select, textarea, summary, label, details';
  const LATIN = {
    en: /^(the|and|you|your|of|to|is|are|it|we|not|this|that|with|for|who|what)$/i,
    pl: /^(nie|jest|się|że|są|twoje|twój|odpowiedzi|jak|czy|dla|pytania|może|możesz|lub|oraz|które|przez)$/i,
    ro: /^(nu|este|și|sunt|tău|tale|răspunsurile|cum|pentru|poți|să|sau|dacă|în)$/i,
    cy: /^(yn|mae|nid|dy|eich|yw|ydych|wyt|gyda|neu|ac|ar|y|yr|cael|cwestiynau|atebion)$/i,
    so: /^(waa|iyo|waxaad|aad|ka|ku|oo|uu|ayaa|maya|haa|su’aalaha)$/i,
    fr: /^(le|les|des|est|et|vous|votre|une|pas|pour|que|dans|réponses)$/i,
  };
  const SCRIPTS = { Arabic: ['ar', 'ur', 'fa', 'ku', 'ps'], Cyrillic: ['uk', 'ru', 'bg'] };
  // What keeps its Latin letters in every script; whatever else is Latin there is a passage, if it is one word.
  const NAMES = /\b(Heard|Childline|Report Remove|Chromium|Firefox|Safari|cookie|Information Commissioner’s Office|[A-Z]{2,}|Reader \d+|(Worker|Deputy) Person)\b|\S+\.\S+/g;
  const strange = (text, lang) => {
    for (const [script, langs] of Object.entries(SCRIPTS)) {
      if (new RegExp(`\\p{Script=${script}}{3}`, 'u').test(text) && !langs.includes(lang)) return script;
      const own = langs.includes(lang) && text.replace(NAMES, ' ').split(/[^\p{L}\p{N}]+/u).filter((word) => /^[A-Za-z]{2,}$/.test(word));
      if (own && own.length) return `Latin (${own.join(' ')})`;
    }
    if (!(lang in LATIN)) return '';
    const words = text.split(/[^\p{L}’']+/u).filter(Boolean);
    const score = (of) => words.filter((word) => LATIN[of].test(word)).length;
    const best = Object.keys(LATIN).sort((a, b) => score(b) - score(a))[0];
    return words.length > 3 && score(best) >= 2 && score(best) > score(lang) ? best : '';
  };
  const colour = (css) => {
    const found = css.match(/[\d.]+%?/g)?.map(parseFloat) ?? [0, 0, 0, 0];
    const [r, g, b] = css.startsWith('color(') ? found.slice(0, 3).map((part) => part * 255) : found;
    return [r, g, b, found[3] ?? 1];
  };
  const ground = (e) => {
    for (let one = e; one; one = one.parentElement) {
      const own = colour(getComputedStyle(one).backgroundColor);
      if (own[3] > 0.5) return own;
    }
    return [255, 255, 255, 1];
  };
  const light = (parts) => parts.slice(0, 3).map((p) => p / 255).map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4))
    .reduce((sum, p, n) => sum + p * [0.2126, 0.7152, 0.0722][n], 0);
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const visible = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const say = (e, what) => faults.push(`${what}: ${e.outerHTML.slice(0, 140)}`);
  const all = (what) => [...document.querySelectorAll(what)];
  const bare = (text) => text.replace(/[\p{Extended_Pictographic}\s]/gu, '');

  const pastes = (field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '7N4QK2WD');
    return field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }))
      && field.dispatchEvent(new InputEvent('beforeinput', { bubbles: true, cancelable: true, inputType: 'insertFromPaste' }));
  };
  const [CARD, TARGET, APART] = [48, 44, 8]; // of answers (LOOK.md), of what else is ticked, and between answers
  const cards = new Map();
  for (const input of all('input[type=radio], input[type=checkbox]')) {
    const label = input.labels?.[0];
    const group = input.closest('fieldset');
    const alone = input.type === 'checkbox' && document.querySelectorAll(`[name="${input.name}"]`).length === 1;
    if (!alone && !group?.querySelector(':scope > legend')) say(input, 'no fieldset with a legend');
    if (!label || !bare(label.innerText || label.textContent)) say(input, 'no words in the label');
    if (input.hasAttribute('required')) say(input, 'an answer is required');
    if (label && visible(label)) {
      const box = label.getBoundingClientRect();
      const least = label.matches('.young .opt') ? CARD : TARGET;
      if (box.height < least || box.width < TARGET) say(label, `target ${Math.round(box.width)}x${Math.round(box.height)}`);
      cards.set(group, [...cards.get(group) ?? [], [label, box]]);
    }
  }
  // A finger that misses by a little hits nothing.
  for (const group of cards.values()) {
    group.forEach(([label, box], n) => {
      if (!n || !label.matches('.young .opt')) return;
      const [, other] = group[n - 1];
      const apart = Math.max(box.top - other.bottom, box.left - other.right, other.left - box.right);
      if (apart < APART - 0.5) say(label, `${Math.round(apart)} px beside another answer`);
    });
  }
  for (const field of all('input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea')) {
    if (!field.labels?.length && !field.getAttribute('aria-labelledby')) say(field, 'no label');
    if (field.placeholder) say(field, 'a placeholder does a label’s work');
    if (visible(field) && !pastes(field)) say(field, 'paste is blocked');
    if (field.type === 'range') say(field, 'a slider');
    const said = field.getAttribute('aria-describedby');
    if (field.getAttribute('aria-invalid') && !said?.split(' ').some((id) => /error|^e-/.test(id))) say(field, 'fault not linked');
  }
  // As it came, nothing is answered; a form that was given back holds what was answered before.
  for (const input of all('#answer input, #answer option, #answer textarea')) {
    const came = input.defaultChecked || input.type === 'range' || (input.defaultSelected && input.value)
      || (/^(text|number|textarea)$/.test(input.type) && input.defaultValue.trim());
    if (came && !document.querySelector('#check[data-again]')) say(input, 'answered before anybody chose');
  }
  for (const named of all('[aria-describedby], [aria-labelledby]')) {
    const ids = `${named.getAttribute('aria-describedby') ?? ''} ${named.getAttribute('aria-labelledby') ?? ''}`.trim().split(/\s+/).filter(Boolean);
    for (const id of ids) if (!document.getElementById(id)) say(named, `points at #${id}, which is not there`);
  }
  for (const e of all('body *')) {
    if (e.matches('a[href], button, input, select, textarea, summary, label, option, [contenteditable]')) continue;
    const style = getComputedStyle(e);
    const listens = e.hasAttribute('onclick') || ['button', 'link', 'radio', 'checkbox'].includes(e.getAttribute('role'));
    if (listens || (style.cursor === 'pointer' && !e.closest('a, button, label, summary, option, select'))) say(e, 'acts like a control and is none');
    if (e.tabIndex > 0) say(e, 'positive tabindex');
    if (e.hasAttribute('style') && !e.closest('svg')) say(e, 'style attribute');
  }
  for (const link of all('a[href], button')) {
    if (!visible(link)) continue;
    const box = link.getBoundingClientRect();
    const inline = link.tagName === 'A' && getComputedStyle(link).display === 'inline';
    if (!inline && !link.matches('.skip') && (box.height < 24 || box.width < 24)) say(link, `target ${Math.round(box.width)}x${Math.round(box.height)}`);
    if (!bare(link.innerText || link.textContent) && !link.getAttribute('aria-label')) say(link, 'no words');
  }
  for (const e of all('[draggable=true], [role=slider], [role=spinbutton]')) say(e, 'something to drag');
  for (const e of all('main *')) if (visible(e) && /grab|move|resize/.test(getComputedStyle(e).cursor)) say(e, 'something to drag');
  // What listens (noted by the gate from the start): nothing acts on the way down or by dragging, and nothing but a control by a click.
  for (const [e, type] of window.heardListens ?? []) {
    if (!(e instanceof Element) || !e.isConnected || e.matches('html, body, dialog, form')) continue;
    if (/^(pointerdown|mousedown|touchstart|dragstart)$/.test(type)) say(e, `acts on ${type}, by dragging or before release`);
    if (type === 'click' && !e.matches(CONTROL) && !e.querySelector(CONTROL)) say(e, 'acts like a control and is none');
  }
  for (const e of all('[aria-label]')) {
    const words = (e.innerText ?? '').trim().toLowerCase();
    if (words && e.matches('a, button, label') && !e.getAttribute('aria-label').toLowerCase().includes(words)) say(e, 'aria-label differs from the words');
  }
  for (const table of all('table')) if (!table.querySelector('th')) say(table, 'table without header cells');

  // The edge of a control stands out from its ground, 3 to 1 (1.4.11): its border, or its own ground.
  for (const e of all('input:not([type=hidden]), select, textarea, label:has(input), button')) {
    if (!visible(e) || e.disabled || matchMedia('(forced-colors: active)').matches || e.matches('.link, .opt .link')) continue;
    const style = getComputedStyle(e);
    if (/^(radio|checkbox)$/.test(e.type) && style.appearance !== 'none') continue; // the browser's own drawing
    const around = ground(e.parentElement);
    const border = parseFloat(style.borderTopWidth) && style.borderTopStyle !== 'none' ? colour(style.borderTopColor) : around;
    if (e.matches('label') && !parseFloat(style.borderTopWidth)) continue; // plain words, not a card
    if (Math.max(ratio(border, around), ratio(ground(e), around)) < 3) say(e, `edge ${ratio(border, around).toFixed(1)}:1`);
  }

  // Whoever hears a fault named must be led from it to its field, and from the field to it (3.3.1).
  const described = new Set(all('[aria-describedby]').flatMap((e) => e.getAttribute('aria-describedby').split(' ')));
  for (const e of all('.error')) if (visible(e) && !described.has(e.id)) say(e, 'error not linked to a field');
  for (const link of all('#summary a[href^="#"]')) {
    if (!visible(link)) continue;
    const target = document.getElementById(link.getAttribute('href').slice(1));
    const group = target?.closest('[aria-describedby*="e-"], [aria-describedby*="error"]');
    if (!group || !group.getAttribute('aria-describedby').split(' ').some((id) => document.getElementById(id)?.matches('.error'))) say(link, 'error not linked to a field');
  }

  // Every passage says its language (3.1.2): told by its script, or by words that only another language has.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    const words = walker.currentNode.data.trim();
    if (!words || holder.closest('script, style, template, svg, bdi, [translate=no]') || !visible(holder)) continue;
    const lang = (holder.closest('[lang]')?.lang ?? '').slice(0, 2);
    const other = strange(words, lang);
    if (other) say(holder, `${other} passage in ${lang || 'no language'}`);
  }

  for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
    for (const rule of sheet.cssRules) {
      if (/orientation/.test(rule.conditionText ?? '') && /rotate|writing-mode/.test(rule.cssText)) faults.push(`orientation lock: ${rule.cssText.slice(0, 100)}`);
    }
  }
  const status = all('[role=status], [role=alert], [aria-live]');
  if (document.querySelector('#status') && !status.includes(document.querySelector('#status'))) faults.push('status text without a role');
  if (document.getAnimations().length) faults.push('something moves');
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = all('main *, header *').filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'));
    faults.push(`${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}: ${wide[0]?.outerHTML.slice(0, 140)}`);
  }
  const heads = all('h1, h2[aria-level="1"]').filter(visible);
  if (heads.length !== 1) faults.push(`${heads.length} headings of the first level in sight`);
  if (all('main').length !== 1) faults.push('not one main part');
  return faults;
}
