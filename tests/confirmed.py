"""`heard serve` as it is once a speaker has confirmed every catalogue: only then are children shown those pages (CARE A5)."""

from __future__ import annotations

from survey import languages

if __name__ == "__main__":
    languages.is_open_to_children = lambda code: code in languages.catalogues()
    from survey.commands import main

    main()
