// What is wrong with a page as paper takes it: laid out for print, as wide as a sheet, with backgrounds not printed; and its
// words in their order, each with the question that it belongs to, so that the printed file can be held against them.
() => {
  const faults = [];
  const texts = [];
  const tell = (what, e) => faults.push(`${what}: ${e.outerHTML.replace(/\s+/g, ' ').slice(0, 100)}`);
  const stands = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const ratio = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    const light = [red, green, blue].map((one) => (one * alpha + 255 * (1 - alpha)) / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05);
  };
  const inked = (style) => ['Top', 'Right', 'Bottom', 'Left'].every((side) => parseFloat(style[`border${side}Width`]) >= 1
    && style[`border${side}Style`] !== 'none' && ratio(style[`border${side}Color`]) >= 4.5);

  for (const step of document.querySelectorAll('.young .step[data-key]')) if (!stands(step)) tell('a question is left out', step);
  for (const e of document.querySelectorAll('body *')) {
    if (!stands(e) || e.closest('.away, svg, .skip')) continue;
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    if (e.matches('button, [type=submit], nav, .top, .button')) tell('a control on paper', e);
    if (/fixed|sticky/.test(style.position)) tell('lies over every page', e);
    if (box.left < -1 || box.right > innerWidth + 1) tell('cut off at the side', e);
    const hides = (how) => /hidden|clip|auto|scroll/.test(how);
    if ((hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1 && !e.matches('input, select'))
      || (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && !e.matches('input, select'))) tell('clipped', e);
    if (e.matches('input, select, textarea')) {
      if (box.width < 8 || box.height < 8 || (!e.checked && !inked(style))) tell('no edge to write or tick in', e);
    }
    if (e.closest('select, textarea')) continue;
    const words = [...e.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (words.length && ratio(style.color) < 4.5) tell('too pale for paper', e);
    for (const node of words) texts.push([node, e.closest('.step[data-key], .slips > li')]);
  }
  for (const option of document.querySelectorAll('.opt')) {
    const input = option.querySelector('input');
    if (stands(option) && input && !stands(input)) tell('no box to tick', option);
  }
  const blocks = [...new Set(texts.map(([, block]) => block))];
  texts.sort(([one], [other]) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  return { faults, texts: texts.map(([node, block]) => [node.data, block ? blocks.indexOf(block) : -1]) };
}
