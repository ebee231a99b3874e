# The two commands of the README are `make demo` and `make test`; the rest is for those who work on the code.
.DEFAULT_GOAL := help
.PHONY: help app dev demo test browser check types lint weaknesses format bench crash slips attack simulate fuzz alerts wall cases

BIN := .venv/bin

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

app:
	@tools/set_up.sh app

dev:
	@tools/set_up.sh dev

demo: app ## Bring up a believable demo on one port and print the addresses to open
	$(BIN)/langnghe demo

test: dev ## Run every check and every test
	@$(MAKE) --no-print-directory --jobs=2 check browser
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder

browser:
	@tools/set_up_browser.sh

check: types lint weaknesses ## Lint, types, imports and known weaknesses of what we depend on

types: dev
	$(BIN)/basedpyright

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

weaknesses: dev
	$(BIN)/pip-audit --progress-spinner off --disable-pip --require-hashes -r requirements/dev.txt

format: dev ## Put the code into its house form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev ## Measure ratios side by side on this machine
	$(BIN)/python -m tools.bench.run

crash: dev ## Kill server, database and bot under load, again and again, and look for lost ratings
	$(BIN)/python tools/crash.py
	$(BIN)/python tools/crash_chats.py

slips: dev ## Post 100,000 bad visit slips and 10,000 honest ones from two phones; count what came of them
	$(BIN)/python -m tools.slips

attack: dev ## Let an attacker compare releases, pages and answers of 100,000 histories
	$(BIN)/python tools/attack.py

simulate: dev ## Hold the method against worlds whose true effects are known
	$(BIN)/python -m tools.simulate

fuzz: dev ## Ask the program interface a thousand odd questions an address, with every kind of key
	PYTHONPATH=. $(BIN)/python tools/fuzz_api.py

alerts: dev ## Replay the demo's year, Monday by Monday: which planted events ring, and how often nothing does
	PYTHONPATH=. $(BIN)/python tools/alert_year.py

wall: dev ## Borrow rows of two units 100,000 times through one pool, and look for foreign ones
	PYTHONPATH=. $(BIN)/python tools/second_wall.py

cases: dev ## Walk supervision cases in any order, with crashes between, beside a model of the drawn states
	PYTHONPATH=. $(BIN)/python tools/case_machine.py
