"""The machine that tries everything on cases in any order, crashes between, beside a model in plain Python."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from dashboards.cases.read_moves import Move
from feedback.tables.supervision_cases import Audience, Side
from surveys.case_errors import CaseStepRefusedError
from tests.dashboards.case_beside import AUDIENCES, FILES, file_as, let_remind
from tests.dashboards.case_look import Seen, look, start_looking, take_in
from tests.dashboards.case_model import (
    HEAD,
    VERBS,
    ModelCase,
    Told,
    Typed,
    add_file,
    apply,
    let_program_act,
    list_ways_on,
    note,
    predict,
    predict_file,
    predict_level,
    sees,
)
from tests.dashboards.case_stage import NOW, Attempt, CaseStage, Crash, attempt, note_as, open_as, race, read_case
from tests.dashboards.case_tries import CRASH, GOOD, INSIDERS, LATER, PERSON, PICK, SIDE, STALE, TYPED, Tally, Try

MOST_CASES = 3


class CaseWalk(RuleBasedStateMachine):
    """No rule depends on what happened before: choices are made by number, so that a crash changes none of them."""

    stage: ClassVar[CaseStage]
    runner: ClassVar[asyncio.Runner]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.models: dict[int, ModelCase] = {}
        self.now = NOW
        self.seen: Seen = self.runner.run(start_looking(self.stage))
        self.tally.walks += 1

    @initialize(person=st.sampled_from(("commune", "commune", "province", "nation")))
    def open_first(self, person: str) -> None:
        self.open_one(person)

    @rule(person=PERSON)
    def open_another(self, person: str) -> None:
        if len(self.models) < MOST_CASES:
            self.open_one(person)

    @rule(case=PICK, way=PICK, typed=TYPED, crash=CRASH, turns=st.integers(0, 60))
    def go_on(self, case: int, way: int, typed: Typed, crash: Crash, turns: int) -> None:
        self.try_way_on(self.find_model(case), way, Try("", "front", "", typed, crash=crash, turns=turns))

    @rule(case=PICK, ways=st.lists(PICK, min_size=2, max_size=5))
    def go_on_for_a_while(self, case: int, ways: list[int]) -> None:
        for way in ways:
            self.try_way_on(self.find_model(case), way, Try("", "front", ""))

    @rule(case=PICK, tried=st.builds(Try, PERSON, SIDE, st.sampled_from(VERBS), TYPED, STALE, CRASH))
    def try_anything(self, case: int, tried: Try) -> None:
        self.try_one(self.find_model(case), tried)

    @rule(case=PICK, tried=st.builds(Try, PERSON, SIDE, st.just("note"), TYPED))
    def write_note(self, case: int, tried: Try) -> None:
        model = self.find_model(case)
        told = self.runner.run(note_as(self.stage, self.make_attempt(model, tried), self.tick()))
        is_seen = sees(model, tried.person, tried.side)
        expected = "unseen" if not is_seen else "done" if tried.typed.is_text_good else "refused"
        assert told == expected, (told, expected)
        if told == "done":
            note(model)
        self.finish(f"note {told}")

    @rule(case=PICK, person=PERSON, side=SIDE, name=st.sampled_from(FILES), audience=st.sampled_from(AUDIENCES))
    def add_some_file(self, case: int, person: str, side: Side, name: str, audience: Audience) -> None:
        model = self.find_model(case)
        seen_by: Audience = audience if side == "front" else "both"
        told = self.runner.run(file_as(self.stage, person, side, model.case_id, name, seen_by, self.tick()))
        expected = predict_file(model, person, side, name, seen_by)
        assert told == expected, (told, expected)
        if told == "done":
            add_file(model, name, seen_by)
        self.finish(f"file {told}")

    @rule(case=PICK, days=st.sampled_from((-30, 0, 0, 30, 30, 60)))
    def let_the_program_act(self, case: int, days: int) -> None:
        """On a day long before the due date, on it, or long after it."""
        model = self.find_model(case)
        day = (model.due_on or self.now.date()) + timedelta(days=days)
        self.runner.run(let_remind(self.stage, model.case_id, day))
        deeds = let_program_act(model, day)
        if "escalated" in deeds:
            model.due_on = self.runner.run(read_case(self.stage, model.case_id)).due_on
            assert model.due_on is not None
            assert model.due_on > day
        self.finish("+".join(("program", *deeds)))

    @rule(case=PICK, first=PICK, second=PICK, person=st.sampled_from(INSIDERS))
    def two_at_once(self, case: int, first: int, second: int, person: str) -> None:
        """Two who look at the same state. The second may try what the state does not allow."""
        model = self.find_model(case)
        ways = list_ways_on(model)
        if not ways:
            return
        both = (
            Try(*ways[first % len(ways)]),
            Try(person, "unit" if person == HEAD else "front", VERBS[second % len(VERBS)]),
        )
        attempts = [self.make_attempt(model, tried) for tried in both]
        self.judge_race(model, both, self.runner.run(race(self.stage, attempts, self.tick())))
        self.runner.run(take_in(self.stage, self.seen, self.models))
        path = self.seen.paths[model.case_id]
        assert sorted(deed for deed, _ in path) == sorted(deed for deed, _ in model.path), (both, path, model.path)
        model.path = list(path)  # which of the two was written first, only the store knows; `finish` judges the order
        self.finish("race")

    def judge_race(self, model: ModelCase, both: Sequence[Try], told: Sequence[str]) -> None:
        """One wins where anybody could; the other is told what holds before or after that, or that it has changed."""
        before = [foretell(model, tried) for tried in both]
        winners = [place for place, one in enumerate(told) if one == "done"]
        assert len(winners) == min(before.count("done"), 1), (both, before, told)
        for place in winners:
            apply(model, both[place].verb, both[place].typed.due_on)
        for place in {0, 1} - set(winners):
            late = foretell(model, msgspec.structs.replace(both[place], is_stale=bool(winners)))
            first = "changed" if before[place] == "done" else before[place]
            assert told[place] in {late, first}, (both, before, told)
            if told[place] == "kept":
                note(model)

    def open_one(self, person: str) -> None:
        expected = predict_level(person)
        try:
            case = self.runner.run(open_as(self.stage, person, self.tick()))
        except CaseStepRefusedError:
            assert expected is None, person
        else:
            assert case.level == expected
            self.models[case.case_id] = ModelCase(case.case_id, case.level)
        self.finish("open")

    def find_model(self, pick: int) -> ModelCase:
        return list(self.models.values())[pick % len(self.models)]

    def try_way_on(self, model: ModelCase, pick: int, tried: Try) -> None:
        """One of the deeds that the table allows now, with what `tried` holds beside it."""
        ways = list_ways_on(model)
        if ways:
            person, side, verb = ways[pick % len(ways)]
            typed = LATER if verb == "extend" and tried.typed == GOOD else tried.typed  # more time than there was
            self.try_one(model, msgspec.structs.replace(tried, person=person, side=side, verb=verb, typed=typed))

    def try_one(self, model: ModelCase, tried: Try) -> None:
        expected = foretell(model, tried)
        told = self.runner.run(attempt(self.stage, self.make_attempt(model, tried), self.tick()))
        if told == "lost":
            told = self.ask_the_store(model, expected, tried)
        assert told == expected or (told == "lost" and tried.crash != "none"), (told, expected, tried)
        if told == "done":
            apply(model, tried.verb, tried.typed.due_on)
            self.tally.done[tried.verb] += 1
        elif told == "kept":
            note(model)
        self.finish(told)

    def ask_the_store(self, model: ModelCase, expected: str, tried: Try) -> str:
        """Whether a deed of which nobody heard was done: wholly, which `finish` then compares, or not at all."""
        self.runner.run(take_in(self.stage, self.seen, self.models))
        is_there = len(self.seen.paths[model.case_id]) > len(model.path)
        assert not (is_there and (expected != "done" or tried.crash == "before_commit")), (expected, tried)
        assert is_there or tried.crash != "after_commit", (expected, tried)
        self.tally.crashes[f"{tried.crash}, {'done' if is_there else 'not done'}"] += 1
        return "done" if is_there else "lost"

    def make_attempt(self, model: ModelCase, tried: Try) -> Attempt:
        changed_at = self.seen.cases[model.case_id].changed_at - timedelta(seconds=int(tried.is_stale))
        typed = tried.typed
        fields = (typed.text, typed.due_on, typed.result, typed.public_summary)
        move = Move(tried.verb, *fields, changed_at.isoformat(), typed.grounds)
        return Attempt(tried.person, tried.side, model.case_id, move, tried.crash, tried.turns)

    def tick(self) -> datetime:
        """Every other step the clock stands still."""
        self.tally.steps += 1
        self.now += timedelta(milliseconds=self.tally.steps % 2)
        return self.now

    def finish(self, told: str) -> None:
        self.runner.run(look(self.stage, self.seen, self.models))
        self.tally.told[told] += 1
        self.tally.states |= {state for model in self.models.values() for _, state in model.path}


def foretell(model: ModelCase, tried: Try) -> Told:
    return predict(model, tried.person, tried.side, tried.verb, tried.typed, is_stale=tried.is_stale)


def make_walk(stage: CaseStage, runner: asyncio.Runner) -> type[CaseWalk]:
    """A machine of its own for one stage, which lives in the runner's loop."""
    return type("CaseWalkHere", (CaseWalk,), {"stage": stage, "runner": runner, "tally": Tally()})
