# Recipes only. `make run` and `make test` set everything up themselves: they need Python 3.11+, make and the network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MARK := $(VENV)/.installed
LANGUAGES := cy ar pl ro uk ur

.PHONY: run test proof bench lint words lock clean

run: $(MARK)
	$(BIN)/heard demo
	$(BIN)/heard serve

test: $(MARK)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not proof" -n 2 --dist worksteal

proof: $(MARK)
	$(BIN)/pytest -m proof -n 2 --dist worksteal

bench: $(MARK)
	$(BIN)/python -m tests.load

lint: $(MARK)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy

# Bring the catalogues up to date with the words in code and templates; new ones wait there for their translation. Babel's
# own headers (dates, tool, addresses) are left out; X-Checked-By, which Babel would lose, stays as it was: whoever has
# confirmed a language writes name and date after it, and an empty one keeps the language from children.
words:
	mkdir -p build $(LANGUAGES:%=survey/translations/%)
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords "_ N_ gettext ngettext:1,2" --no-location \
	  --omit-header --output-file build/messages.pot .
	for language in $(LANGUAGES); do \
	  file=survey/translations/$$language/messages.po; \
	  checked=$$(grep -s '^"X-Checked-By:' $$file || printf '%s' '"X-Checked-By: \n"'); \
	  $(BIN)/pybabel --quiet update --init-missing --input-file build/messages.pot --no-fuzzy-matching --ignore-obsolete \
	    --width 120 --output-file $$file --locale $$language || exit 1; \
	  sed '/./,$$!d' $$file > build/$$language.po; \
	  { sed -E -e '/^$$/,$$d' -e '/^#/d' -e '/^"(Project|Report|POT|PO|Last|Language-Team|Generated)[^:]*:/d' build/$$language.po; \
	    printf '%s\n' "$$checked"; sed -n -e '$${/^$$/d;}' -e '/^$$/,$$p' build/$$language.po; } > $$file; \
	done

# The lock pins every package with its hashes, for every platform.
lock:
	$(BIN)/pip install uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file .ci/requirements.txt

$(MARK): .ci/requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Heard needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(MARK)

clean:
	rm -rf $(VENV) build *.egg-info
