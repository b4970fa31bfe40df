"""Every state of a young person's pages passes the gate; and the gate can fail: faults planted on purpose are found."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from survey.models import BASES, Notice
from tests.journeys import gate
from tests.journeys.conftest import Watch
from tests.journeys.pupil import Pupil
from tests.live import Grounds, Live, Room

NO_CARD = "ABCDEFG"
REFUSED = r"the server responded with a status of 4\d\d"

LOOK_OF_A_CARD = """() => {
  const style = getComputedStyle(document.querySelector('#q-travelled .opt'));
  return Object.fromEntries([...style].map((rule) => [rule, style[rule]]));
}"""


def every_state(page: Page, room: Room, see: Callable[[str], None]) -> None:
    """Lead a page through every state that a young person can meet, and look at each."""
    pupil = Pupil(page)
    page.goto("/")
    see("home")
    page.fill("#code", "zzz")
    page.click("#join .button")
    see("home with an error")
    page.goto("/help")
    see("help")
    pupil.join(room.code)
    see("introduction")
    page.click("#start")
    see("card")
    pupil.next()
    pupil.slip(NO_CARD)
    while (at := pupil.at()) != "check":
        see(at)
        if at == "stops":
            pupil.type("stops", "9")
        elif at == "travelled":
            was = page.evaluate(LOOK_OF_A_CARD)
            pupil.choose("travelled", "bus")
            page.mouse.move(0, 0)
            assert page.evaluate(LOOK_OF_A_CARD) == was, "on a shared device the next desk sees nothing of a choice"
        pupil.next()
    see("check")
    page.click("#send")
    page.wait_for_selector("#summary")
    see("check with errors")
    page.click("#summary a")
    see("card with an error")
    page.fill("#i-card", "")
    page.click("#help-link")
    see("help among the steps")
    pupil.back()
    pupil.next()
    pupil.send()
    see("thanks")
    page.goto("/nowhere")
    see("404")


def test_every_state_passes(context_of: Callable[..., BrowserContext], watch: Watch, outings: Grounds) -> None:
    """On a phone in the light; `test_states` has all the other looks, as a proof."""
    watch.expect(REFUSED)
    page = context_of().new_page()
    found: dict[str, list[str]] = {}

    def see(state: str) -> None:
        if faults := gate.faults(page):
            found[state] = faults

    every_state(page, outings.room("shared", "before"), see)
    assert found == {}


def test_every_state_survives_spacing_and_large_text(
    context_of: Callable[..., BrowserContext], watch: Watch, outings: Grounds
) -> None:
    watch.expect(REFUSED)
    page = context_of(viewport={"width": 390, "height": 780}).new_page()
    every_state(page, outings.room("shared", "before"), lambda _state: gate.assert_survives_text_spacing(page))


def test_titles_differ_from_step_to_step(page: Page, tours: Grounds) -> None:
    pupil, titles = Pupil(page), []
    pupil.join(tours.room("own", "before").code)
    titles.append(page.title())
    pupil.start()
    while pupil.at() != "check":
        titles.append(page.title())
        pupil.next()
    titles.append(page.title())
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if gate.NEUTRAL.search(title)]


def test_right_to_left_turns_the_whole_page(
    context_of: Callable[..., BrowserContext], live: Live, tours: Grounds
) -> None:
    """A translation that is only a draft is opened here as if a speaker had checked it."""
    room = tours.room("shared")
    room.open("before", "ar", "en")
    context = context_of()
    page = context.new_page()
    context.add_cookies([{"name": "heard", "value": f"{room.tickets['before', 'ar']}..00000000", "url": live.url}])
    page.goto("/answer")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    pupil = Pupil(page)
    gate.assert_passes(page, "introduction")
    pupil.start()
    while pupil.at() != "check":
        gate.assert_passes(page, pupil.at())
        option = page.locator(f"#q-{pupil.at()} .opt").first
        control, words = option.locator("input").bounding_box(), option.locator("span").bounding_box()
        assert control is not None
        assert words is not None
        assert control["x"] > words["x"], "the control stands where reading begins: right"
        option.click()
        pupil.next()
    gate.assert_passes(page, "check")
    back, leave = page.locator("#back").bounding_box(), page.locator("#leave-link").bounding_box()
    assert back is not None
    assert leave is not None
    assert back["x"] > leave["x"]
    pupil.send()
    ((head, _),) = room.stored()
    assert head.language == "ar"
    with live.database.writing() as session:  # an organisation writes in one language, and the page says which
        said = dict.fromkeys(("contact", "officer", "kept_for", "complaints"), "Write to the council; they will reply.")
        controller = {"organisation_id": tours.organisation_id, "controller": "Northfield Council", "basis": BASES[0]}
        session.merge(Notice(**controller, **said, accessibility="Our hall has no hearing loop yet."))
    page.goto("/about")
    gate.assert_passes(page, "about us")


def ruled(css: str, step: str = "intro") -> str:
    """Script that shows this step alone, under a careless rule."""
    return f"""() => {{ const s = new CSSStyleSheet(); s.replaceSync({css!r}); document.adoptedStyleSheets = [s];
        document.querySelector('#intro').hidden = true; document.querySelector('#{step}').hidden = false; }}"""


PLANTED = {
    "no fieldset": (
        """() => document.querySelectorAll('#q-travelled').forEach(f => {
        const d = document.createElement('div'); d.append(...f.childNodes); f.replaceWith(d); d.hidden = false; })""",
        "probe: no fieldset with a legend",
    ),
    "low contrast": (ruled("#intro p { color: #aaa !important }"), "axe: color-contrast"),
    "a contrast that nobody can compute": (
        ruled("#intro p { background: linear-gradient(red, white) }"),
        "axe cannot tell: color-contrast",
    ),
    "clickable div": (
        """() => { const d = document.createElement('div'); d.setAttribute('role', 'button');
        d.textContent = 'Send'; document.querySelector('main').append(d); }""",
        "probe: acts like a control and is none",
    ),
    "something that listens": (
        """() => { const p = document.querySelector('#intro > p'); p.addEventListener('click', () => p.remove()); }""",
        "probe: acts like a control and is none",
    ),
    "emoji alone": (
        "() => { document.querySelector('#q-liked .opt span').textContent = '😀'; }",
        "probe: no words in the label",
    ),
    "something too wide": (ruled("#intro { inline-size: 900px }"), "px wide in a window of"),
    "no label": (
        "() => document.querySelector('main').append(document.createElement('input'))",
        "probe: no label",
    ),
    "paste blocked": (
        """() => { document.querySelector('#q-card').hidden = false;
        document.querySelector('#i-card').addEventListener('paste', (event) => event.preventDefault()); }""",
        "probe: paste is blocked",
    ),
    "answered beforehand": (
        "() => { document.querySelector('#answer [value=bus]').defaultChecked = true; }",
        "probe: answered before anybody chose",
    ),
    "answers too near each other": (
        ruled("#q-liked .opt { margin: 4px 0 }", "q-liked"),
        "probe: 4 px beside another answer",
    ),
    "answers too low": (
        ruled("#q-liked .opt { block-size: 46px; min-block-size: 0 }", "q-liked"),
        "x46: <label",
    ),
    "one English word on a page in Arabic": (
        "() => Object.assign(document.querySelector('#intro > p'), { lang: 'ar', textContent: 'لا No' })",
        "probe: Latin (No) passage in ar",
    ),
}
"""What is done to a page, and how the fault is told."""


def test_the_gate_finds_what_was_planted(page: Page, outings: Grounds) -> None:
    Pupil(page).join(outings.room("shared", "before").code)
    gate.assert_passes(page, "clean")
    missed = []
    for name, (script, told) in PLANTED.items():
        page.goto("/answer")
        page.evaluate(script)
        found = gate.faults(page, axe=told.startswith("axe"))
        missed += [] if any(told in one for one in found) else [f"{name}: {found}"]
    assert missed == []


def test_markup_is_valid_as_it_was_sent(
    context_of: Callable[..., BrowserContext], outings: Grounds, tours: Grounds
) -> None:
    request = context_of().request
    found = {}
    pages = {"/": [], "/help": [], "/finished": [], "/nowhere": [], "/activity": []}
    for grounds in (outings, tours):
        room = grounds.room("shared", "before")
        request.post("/join", form={"code": room.code})
        for path in ("/answer", "/thanks"):
            pages.setdefault(path, []).append(gate.markup_faults(request.get(path).text()))
        refused = request.post(
            "/answer",
            data=room.body(stray="1").decode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert refused.status == 422
        pages.setdefault("refused", []).append(gate.markup_faults(refused.text()))
    for path in ("/", "/help", "/finished", "/nowhere", "/activity"):
        pages[path].append(gate.markup_faults(request.get(path).text()))
    found = {path: faults for path, lists in pages.items() for faults in lists if faults}
    assert found == {}
