"""What a young person does with a page, in a few verbs."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

MOST_PRESSES = 600


class Pupil:
    """Somebody with a page of the service, with script or without."""

    def __init__(self, page: Page, *, script: bool = True) -> None:
        self.page, self.script = page, script
        self._pressed = 0

    def join(self, code: str) -> None:
        """Type the code and go on."""
        self.page.goto("/")
        self.page.fill("#code", code)
        self.page.click("#join .button")
        self.page.wait_for_url("**/answer")

    def start(self, card: str | None = None) -> None:
        """Press Start; a kept copy's question may come before it, and then the way out and with script a card step."""
        if self.page.locator("#right-one").is_visible():
            self.page.click("#right-one .pair a:first-child")
        self.page.click("#start")
        if self.page.locator("#way-out").is_visible():
            self.page.click("#way-out .pair a:first-child")
        if self.page.locator("#q-card").count():
            if card:
                self.page.fill("#i-card", card)
            if self.script:
                self.next()

    def slip(self, card: str) -> None:
        """Have a card in the form that the page would not take at its own step."""
        self.page.evaluate("(card) => { document.querySelector('#i-card').value = card; }", card)

    def next(self) -> None:
        """Press Next; no questionnaire is so long that it is pressed for ever."""
        self._pressed += 1
        assert self._pressed < MOST_PRESSES, f"Next does not lead on from {self.at()}"
        self.page.click("#next")

    def back(self) -> None:
        """Press the page's own Back."""
        self.page.click("#back")

    def option(self, key: str, value: str) -> Locator:
        """One answer's input."""
        return self.page.locator(f'#q-{key} input[value="{value}"]')

    def choose(self, key: str, *values: str) -> None:
        """Tick answers, by their labels as a finger would."""
        for value in values:
            self.page.locator(f'#q-{key} label:has(input[value="{value}"])').click()

    def type(self, key: str, number: str) -> None:
        """Type a number."""
        self.page.fill(f"#i-{key}", number)

    def at(self) -> str:
        """The key of the step that is shown (`intro`, `card`, an item's key, `check`)."""
        shown = self.page.evaluate(
            "[...document.querySelectorAll('.step')].filter(s => !s.hidden).map(s => s.id || 'help')"
        )
        assert len(shown) == 1, f"steps shown at once: {shown}"
        return str(shown[0]).removeprefix("q-")

    def focused(self) -> str:
        """The id of the step that holds the focused heading, and nothing else than a heading may be it."""
        self.page.evaluate("() => new Promise(requestAnimationFrame)")  # the focus comes with the frame
        return str(
            self.page.evaluate(
                "(e => /^H[1-6]$/.test(e.tagName) ? (e.closest('.step')?.id || 'help') : `not a heading: ${e.outerHTML}`)"
                "(document.activeElement)"
            )
        ).removeprefix("q-")

    def send(self) -> None:
        """Press Send and wait for the thanks."""
        self.page.click("#send")
        self.page.wait_for_url("**/thanks")

    def walk(self, answers: dict[str, str | tuple[str, ...]]) -> None:
        """From the first question to the check, answering on the way."""
        while (key := self.at()) != "check":
            answer = answers.get(key)
            if (
                answer is not None
                and self.page.locator(f'#q-{key} input[type="text"]').count()
                and answer != "dont_know"
            ):
                self.type(key, str(answer))
            elif answer is not None:
                self.choose(key, *([answer] if isinstance(answer, str) else answer))
            self.next()
