// Things in an order, by buttons for up and down. The form's own fields hold the places, as they do without script; here
// they are out of sight and follow the buttons. Nothing is in a place until somebody moves a thing or keeps the order.
const all = (what, where) => [...where.querySelectorAll(what)];

for (const list of document.querySelectorAll('.ranks')) {
  const step = list.closest('.step');
  const keep = step.querySelector('[data-keep]').parentElement;
  const said = step.querySelector('.said');
  const field = (row) => row.querySelector('select');
  const placed = () => field(list.firstElementChild).value !== '';

  function show() {
    keep.hidden = placed();
    for (const row of list.children) {
      const place = row.querySelector('.place');
      place.textContent = field(row).value;
      place.hidden = !placed();
    }
    all('[data-move="-1"]', list).forEach((button, n) => { button.disabled = n === 0; });
    all('[data-move="1"]', list).forEach((button, n, { length }) => { button.disabled = n === length - 1; });
  }

  function number() {
    [...list.children].forEach((row, n) => { field(row).value = n + 1; });
    field(list.firstElementChild).dispatchEvent(new Event('input', { bubbles: true }));
    show();
  }

  function move(button) {
    const row = button.closest('li');
    const up = button.dataset.move === '-1';
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (up) other.before(row);
    else other.after(row);
    number();
    const [first, second] = all('button', row);
    (button.disabled ? (up ? second : first) : button).focus();
    const n = [...list.children].indexOf(row) + 1;
    const text = list.dataset.said.replace('{n}', n);
    const [before, after] = text.replace(/[\ue000\ue001]/g, '').split('{thing}'); // the signs of a text that is still in English
    const name = row.querySelector('.thing').cloneNode(true);
    said.textContent = '';
    if (text[0] === '\ue000') { // then the thing, which may not be, says its own language
      const { lang, dir } = document.documentElement;
      [said.lang, said.dir] = ['en', 'ltr'];
      name.removeAttribute('id');
      said.append(before, Object.assign(name, { lang, dir, className: '' }), after);
    } else said.append(before, ...name.childNodes, after);
    said.normalize();
  }

  const first = [...list.children];
  for (const part of all('.moves', list)) part.hidden = false;
  for (const select of all('select', list)) select.hidden = true;
  const values = [...list.children].map((row) => Number(field(row).value));
  if (new Set(values).size === values.length && !values.includes(0)) {
    list.append(...[...list.children].sort((one, other) => field(one).value - field(other).value));
  } else all('select', list).forEach((select) => { select.value = ''; });
  step.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button?.dataset.move) move(button);
    else if (button && 'keep' in button.dataset) {
      number();
      list.querySelector('button:not([disabled])').focus();
    }
  });
  step.addEventListener('input', () => setTimeout(() => keep.hidden && !placed() && show())); // an answer that stands alone takes the places away
  // Whoever comes to these things, and nobody has placed them, finds them as they stood first: not as the last person left them.
  new MutationObserver(() => {
    if (!placed()) list.append(...first);
    said.textContent = '';
    show();
  }).observe(step, { attributeFilter: ['hidden'] });
  show();
}
