"""The gate can be trusted as far as it finds what was planted: 36 faults of our research, each by its own rule.

A clean copy, served through the same hands, passes the whole walk.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Error

from tests.journeys.audit import PHONE, Audit, Copy
from tests.journeys.conftest import Watch
from tests.journeys.planted import PLANTED, Planted
from tests.live import Grounds, Live

OUR_OWN = r"status of 4\d\d|net::|Refused|Failed"
FOUND_EARLY = ("no lang", "text contrast 2.8:1", "Polish passage unmarked")
"""The few that every `make test` plants: found before the first question, by the parser, by axe and by a probe of ours."""


@pytest.fixture
def audit_of(
    context_of: Callable[..., BrowserContext], watch: Watch, live: Live, outings: Grounds
) -> Callable[[Copy], Audit]:
    """Makes a walk over a copy of the page."""
    watch.expect(OUR_OWN)

    def make(copy: Copy) -> Audit:
        context = context_of(viewport=PHONE, service_workers="block")
        copy.over(context)
        return Audit(context, outings.room("shared", "before"), live.url)

    return make


def caught(audit: Audit, planted: Planted) -> str | None:
    """The finding that tells the fault, or nothing. What breaks the walk itself ends it."""
    try:
        return next((one for one in audit.findings() if re.search(planted.told, one)), None)
    except (Error, AssertionError) as broken:
        print(f"the walk ended: {str(broken).splitlines()[0]}")
        return None


@pytest.mark.parametrize("name", FOUND_EARLY)
def test_the_gate_finds(audit_of: Callable[[Copy], Audit], name: str) -> None:
    """A few of them; the proof below has all."""
    planted = PLANTED[name]
    assert caught(audit_of(planted.copy), planted)


def test_a_clean_copy_passes_the_whole_walk(audit_of: Callable[[Copy], Audit]) -> None:
    assert list(audit_of(Copy()).findings()) == []


@pytest.mark.proof
def test_each_of_the_36_faults_is_found(audit_of: Callable[[Copy], Audit]) -> None:
    missed = []
    for name, planted in PLANTED.items():
        audit = audit_of(planted.copy)
        said = caught(audit, planted)
        print(f"{'found ' if said else 'MISSED'} {name}: {(said or '')[:150]}")
        missed += [] if said else [name]
        audit.context.close()
    print(f"planted faults found: {len(PLANTED) - len(missed)} of {len(PLANTED)}")
    assert missed == []
    assert len(PLANTED) == 36
