// What no checker sees on our kind of page (people.md 1.2): each fault as a sentence. Runs by `evaluate`, under the page's policy.
() => {
  const faults = [];
  const visible = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const say = (e, what) => faults.push(`${what}: ${e.outerHTML.slice(0, 140)}`);
  const all = (what) => [...document.querySelectorAll(what)];
  const bare = (text) => text.replace(/[\p{Extended_Pictographic}\s]/gu, '');

  for (const input of all('input[type=radio], input[type=checkbox]')) {
    const label = input.labels?.[0];
    const group = input.closest('fieldset');
    const alone = input.type === 'checkbox' && document.querySelectorAll(`[name="${input.name}"]`).length === 1;
    if (!alone && !group?.querySelector(':scope > legend')) say(input, 'no fieldset with a legend');
    if (!label || !bare(label.innerText || label.textContent)) say(input, 'no words in the label');
    if (input.hasAttribute('required')) say(input, 'an answer is required');
    if (label && visible(label)) {
      const box = label.getBoundingClientRect();
      if (box.height < 44 || box.width < 44) say(label, `target ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
  }
  for (const field of all('input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea')) {
    if (!field.labels?.length && !field.getAttribute('aria-labelledby')) say(field, 'no label');
    if (field.placeholder) say(field, 'a placeholder does a label’s work');
    if (field.onpaste || field.hasAttribute('onpaste')) say(field, 'paste may be blocked');
    if (field.type === 'range') say(field, 'a slider');
    const said = field.getAttribute('aria-describedby');
    if (field.getAttribute('aria-invalid') && !said?.split(' ').some((id) => /error|^e-/.test(id))) say(field, 'fault not linked');
  }
  for (const named of all('[aria-describedby], [aria-labelledby]')) {
    const ids = `${named.getAttribute('aria-describedby') ?? ''} ${named.getAttribute('aria-labelledby') ?? ''}`.trim().split(/\s+/).filter(Boolean);
    for (const id of ids) if (!document.getElementById(id)) say(named, `points at #${id}, which is not there`);
  }
  for (const e of all('body *')) {
    if (e.matches('a[href], button, input, select, textarea, summary, label, option, [contenteditable]')) continue;
    const style = getComputedStyle(e);
    const listens = e.hasAttribute('onclick') || ['button', 'link', 'radio', 'checkbox'].includes(e.getAttribute('role'));
    if (listens || (style.cursor === 'pointer' && !e.closest('a, button, label, summary'))) say(e, 'acts like a control and is none');
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
