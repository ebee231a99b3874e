"""One released score from raw mean to grade: each step with its numbers and one plain sentence. Pure.

Reads released figures only (dashboards/disclosure) and says nothing that they do not hold.
"""

import msgspec

from dashboards.disclosure.released_scores import Grade, ReleasedPool, ReleasedScore, Steps
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import RoleName
from dashboards.phrases import Phrases
from surveys.wording import Wording

NEXT_GRADE: dict[Grade, Grade] = {"none": "owner", "owner": "B", "B": "A"}


class Number(msgspec.Struct, frozen=True):
    label: str
    value: str


class ExplainedStep(msgspec.Struct, frozen=True):
    """`name` is one of raw, expected, adjusted, weight, score, interval, band, grade, coded, nothing."""

    name: str
    title: str
    numbers: tuple[Number, ...]
    sentence: str


def explain(
    score: ReleasedScore,
    pool: ReleasedPool | None,
    wording: Wording,
    parameters: Parameters,
    role: RoleName = "official",
) -> list[ExplainedStep]:
    """The steps in the order in which the score is made; what a grade or a rule keeps back is said instead."""
    if score.coded is not None:
        return [explain_coded(score, wording), explain_grade(score, wording, parameters)]
    if score.score is None or score.n is None:
        return [explain_nothing(score, wording), explain_grade(score, wording, parameters)]
    made = [] if score.steps is None else explain_making(score, score.steps, Points(wording, role))
    return [
        *made,
        explain_interval(score, wording, parameters),
        explain_band(score, pool, wording, parameters),
        explain_grade(score, wording, parameters),
    ]


class Points(msgspec.Struct, frozen=True):
    """Points as they were released: to one decimal for officials, whole for others, whose n is only known to 5."""

    wording: Wording
    role: RoleName

    def write(self, value: float) -> str:
        return self.wording.number(value, 1 if self.role == "official" else 0)


def explain_making(score: ReleasedScore, steps: Steps, points: Points) -> list[ExplainedStep]:
    return [
        explain_raw(score, steps, points),
        explain_expected(steps, points),
        explain_adjusted(steps, points),
        explain_weight(score, steps, points),
        explain_score(score, steps, points),
    ]


def explain_raw(score: ReleasedScore, steps: Steps, points: Points) -> ExplainedStep:
    numbers = {"n": Phrases(points.wording).count(score.n), "raw": points.write(steps.raw)}
    return make_step("raw", points.wording, "explain.raw.sentence", numbers)


def explain_expected(steps: Steps, points: Points) -> ExplainedStep:
    numbers = {"expected": points.write(steps.expected), "channel_part": points.write(steps.channel_part)}
    return make_step("expected", points.wording, f"explain.expected.{points.role}", numbers)


def explain_adjusted(steps: Steps, points: Points) -> ExplainedStep:
    difference = round(steps.raw - steps.expected, 1)
    way = "above" if difference > 0 else "below" if difference < 0 else "equal"
    numbers = {
        "pool_mean": points.write(steps.pool_mean),
        "difference": points.write(abs(difference)),
        "adjusted": points.write(steps.adjusted),
    }
    return make_step("adjusted", points.wording, f"explain.adjusted.{way}", numbers)


def explain_weight(score: ReleasedScore, steps: Steps, points: Points) -> ExplainedStep:
    wording = points.wording
    numbers = {
        "n": Phrases(wording).count(score.n),
        "weight": wording.percent(steps.reliability),
        "rest": wording.percent(round(1 - steps.reliability, 2)),
        "peers": wording.number(steps.peers),
        "mu": points.write(steps.mu),
    }
    return make_step("weight", wording, f"explain.weight.{points.role}", numbers)


def explain_score(score: ReleasedScore, steps: Steps, points: Points) -> ExplainedStep:
    numbers = {
        "mu": points.write(steps.mu),
        "reliability": points.wording.number(steps.reliability, 2),
        "adjusted": points.write(steps.adjusted),
        "theta": points.write(steps.theta),
        "score": points.wording.number(score.score or 0),
    }
    return make_step("score", points.wording, "explain.score.sentence", numbers)


def explain_interval(score: ReleasedScore, wording: Wording, parameters: Parameters) -> ExplainedStep:
    """Why it is as wide as it is: few ratings, days that resemble each other, few peers."""
    numbers = {"low": wording.number(score.low or 0), "high": wording.number(score.high or 0)}
    steps = score.steps
    if steps is None:
        return make_step("interval", wording, "explain.interval.plain", numbers)
    numbers |= {
        "standard_error": wording.number(steps.standard_error, 1),
        "factor": wording.number(steps.interval_factor, 2),
        "phi": wording.number(steps.phi, 1),
    }
    few = steps.interval_factor > parameters.normal_quantile.value
    if few:
        numbers |= {"peers": wording.number(steps.peers)}
    return make_step("interval", wording, "explain.interval.few" if few else "explain.interval.many", numbers)


def explain_band(
    score: ReleasedScore, pool: ReleasedPool | None, wording: Wording, parameters: Parameters
) -> ExplainedStep:
    zone = parameters.indifference_points.value
    numbers = {"zone": wording.number(zone), "sure": wording.percent(parameters.band_probability.value)}
    if pool is not None and pool.mean is not None:
        numbers |= {"mean": wording.number(pool.mean)}
    return make_step("band", wording, f"explain.band.{score.band or 'none'}", numbers)


def explain_grade(score: ReleasedScore, wording: Wording, parameters: Parameters) -> ExplainedStep:
    """What the score may be used for, and everything that the next better grade misses."""
    numbers: dict[str, str] = {"grade": wording.say(f"explain.grade.name.{score.grade}")}
    misses = list_misses(score, wording, parameters)
    sentence = wording.say(f"explain.grade.{score.grade}")
    if misses:
        sentence += " " + wording.say("explain.grade.misses", misses="; ".join(misses))
    return ExplainedStep("grade", wording.say("explain.grade.title"), name_numbers(numbers, wording), sentence)


def list_misses(score: ReleasedScore, wording: Wording, parameters: Parameters) -> list[str]:
    """In words; a reason that no sentence knows is one of the rules that protect those who rated."""
    needed = name_needs(NEXT_GRADE.get(score.grade), wording, parameters)
    sentences = {
        reason: f"explain.miss.{reason}" if f"explain.miss.{reason}" in wording.sentences else "explain.miss.other"
        for reason in score.reasons
    }
    return list(dict.fromkeys(wording.say(key, needed=needed.get(reason, "")) for reason, key in sentences.items()))


def name_needs(grade: Grade | None, wording: Wording, parameters: Parameters) -> dict[str, str]:
    """By reason code: the number that the grade asks for."""
    ratings = {"owner": parameters.owner_ratings, "B": parameters.b_ratings, "A": parameters.a_ratings}
    reliability = {"B": parameters.b_reliability, "A": parameters.a_reliability}
    needs = {
        "too_few_days": wording.number(parameters.a_days.value),
        "too_few_peers": wording.number(parameters.smallest_pool.value),
    }
    if grade in ratings:
        needs["too_few_ratings"] = wording.number(ratings[grade].value)
    if grade in reliability:
        needs["low_reliability"] = wording.number(reliability[grade].value, 2)
    return needs


def explain_coded(score: ReleasedScore, wording: Wording) -> ExplainedStep:
    """All of a small group said the same: only the band is shown, so that nobody learns what each said."""
    share = Phrases(wording).share(score.coded)
    return make_step("coded", wording, "explain.coded.sentence", {"share": share})


def explain_nothing(score: ReleasedScore, wording: Wording) -> ExplainedStep:
    return make_step("nothing", wording, "explain.nothing.sentence", {"n": Phrases(wording).count(score.n)})


def make_step(name: str, wording: Wording, sentence: str, numbers: dict[str, str]) -> ExplainedStep:
    return ExplainedStep(
        name,
        wording.say(f"explain.{name}.title"),
        name_numbers(numbers, wording),
        wording.say(sentence, **numbers),
    )


def name_numbers(numbers: dict[str, str], wording: Wording) -> tuple[Number, ...]:
    return tuple(Number(wording.say(f"explain.number.{name}"), value) for name, value in numbers.items())
