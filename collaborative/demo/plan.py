"""The demo's groups and collectives: what they are called, what they are about, when they meet and how full they are.

Their reading lists are in `data/readings.json` under the same short names. Weeks count from the term's first Monday.
"""

from dataclasses import dataclass, replace
from datetime import time

from reading_groups.models import ReadingGroup

Format, State, Weekday = ReadingGroup.Format, ReadingGroup.State, ReadingGroup.Weekday

TERM_WEEKS = 12
THIS_WEEK = 9


@dataclass(frozen=True, kw_only=True)
class CollectivePlan:
    slug: str
    name: str
    description: str
    leads: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GroupPlan:
    """One group. `joins` is how many people sign up before it starts; `first` sign up before all others, `line` are
    the first to come once it is full. `leaves` are weeks in which somebody leaves, each with what the next in line
    then does: take the place, decline it, or let it run out. Member A presents for the first time where
    `newcomer_presents`."""

    slug: str
    title: str
    description: str
    topics: tuple[str, ...]
    zone: str
    weekday: int
    at: time
    capacity: int
    joins: int
    collective: str = ""
    minutes: int = 75
    every_weeks: int = 1
    first_week: int = 1
    last_week: int = TERM_WEEKS
    format: str = Format.PAPERS
    state: str = State.RUNNING
    visibility: str = ReadingGroup.Visibility.PUBLIC
    organizers: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    leaves: tuple[tuple[int, str], ...] = ()
    has_fresh_hold: bool = False
    called_off_week: int | None = None
    newcomer_presents: bool = False


COLLECTIVES = (
    CollectivePlan(
        slug="language",
        name="Language",
        description="We look at what language technology can do, for whom, and how anybody would know.",
        leads=("D", "E"),
        topics=(
            "language-models",
            "machine-translation",
            "probing-language-models",
            "low-resource-languages",
            "evaluating-language-technology",
            "question-answering",
            "fairness-and-bias",
            "speech-recognition",
        ),
    ),
    CollectivePlan(
        slug="statistics",
        name="Statistics",
        description="We ask how sure one may be. Proofs are welcome, and so are simulations that break them.",
        leads=("B", "F"),
        topics=(
            "resampling-and-the-bootstrap",
            "regression",
            "smoothing",
            "causal-inference",
            "conformal-prediction",
            "learning-theory",
            "uncertainty-and-calibration",
        ),
    ),
    CollectivePlan(
        slug="learning-machines",
        name="Learning machines",
        description="We take models apart, train small ones of our own, and write down what surprised us.",
        leads=("C", "G"),
        topics=(
            "deep-learning",
            "convolutional-networks",
            "transformers",
            "diffusion-models",
            "generative-models",
            "reinforcement-learning",
            "scaling-laws",
            "interpretability",
            "graph-learning",
            "image-classification",
            "pruning-and-compression",
        ),
    ),
)

GROUPS = (
    GroupPlan(
        slug="machines-that-see",
        title="Machines that see",
        description=(
            "Ten papers on seeing, from the first large image model to captions. We drew every architecture by hand "
            "before the session and compared the drawings."
        ),
        topics=("convolutional-networks", "image-classification", "object-detection-and-segmentation"),
        collective="learning-machines",
        zone="Europe/London",
        weekday=Weekday.TUESDAY,
        at=time(18, 0),
        first_week=-20,
        last_week=-11,
        state=State.COMPLETED,
        capacity=12,
        joins=11,
        organizers=("C", "G"),
        first=("C", "G", "A"),
    ),
    GroupPlan(
        slug="deep-learning-from-its-papers",
        title="Deep learning from its own papers",
        description=(
            "Why do deep networks train at all? We read the papers that first made them, one each week, and try one "
            "figure ourselves.\n\nTwo people present. You can join in any week: each paper stands for itself."
        ),
        topics=("deep-learning", "optimisation-for-learning"),
        collective="learning-machines",
        zone="Asia/Kolkata",
        weekday=Weekday.TUESDAY,
        at=time(19, 30),
        capacity=12,
        joins=16,
        organizers=("C", "H"),
        first=("C", "H", "A"),
        leaves=((4, "takes"), (6, "declines")),
        newcomer_presents=True,
    ),
    GroupPlan(
        slug="before-attention",
        title="Before attention",
        description=(
            "What did people do with sequences before transformers, and what are they doing instead now? Old ideas "
            "first, then the recurrent models that came back."
        ),
        topics=("recurrent-networks", "sequence-models", "machine-translation"),
        collective="language",
        zone="Europe/Berlin",
        weekday=Weekday.WEDNESDAY,
        at=time(18, 0),
        capacity=12,
        joins=9,
        first=("D",),
        leaves=((3, "takes"),),
    ),
    GroupPlan(
        slug="from-noise-to-pictures",
        title="From noise to pictures",
        description=(
            "Autoencoders, adversaries, diffusion: three ways to draw what never was. Bring a sample that your own "
            "code made, however bad it looks."
        ),
        topics=("generative-models", "diffusion-models", "generative-adversarial-networks"),
        collective="learning-machines",
        zone="Africa/Nairobi",
        weekday=Weekday.THURSDAY,
        at=time(18, 30),
        capacity=8,
        joins=12,
        organizers=("C",),
        first=("C",),
        leaves=((5, "lapses"),),
    ),
    GroupPlan(
        slug="one-book-of-statistics",
        title="One book of statistics",
        description=(
            "*Advanced Data Analysis from an Elementary Point of View*, one part in each fortnight. We do some of the "
            "exercises alone and the rest together.\n\nIt helps to know what a regression is. If you have forgotten, "
            "come anyway."
        ),
        format=Format.TEXTBOOK,
        topics=("regression", "resampling-and-the-bootstrap", "smoothing", "causal-inference"),
        collective="statistics",
        zone="America/New_York",
        weekday=Weekday.SATURDAY,
        at=time(10, 0),
        minutes=90,
        every_weeks=2,
        capacity=10,
        joins=9,
        organizers=("F",),
        first=("F", "A"),
    ),
    GroupPlan(
        slug="how-much-is-enough",
        title="How much is enough",
        description=(
            "Bigger models, more data, longer answers: what does each of them buy, and who has checked? We look for "
            "the smallest experiment that would settle it."
        ),
        topics=("scaling-laws", "language-models"),
        collective="learning-machines",
        zone="America/Los_Angeles",
        weekday=Weekday.TUESDAY,
        at=time(17, 30),
        capacity=10,
        joins=6,
    ),
    GroupPlan(
        slug="inside-the-model",
        title="Inside the model",
        description=(
            "Probes, attributions and the doubts about both. Each paper is presented twice, once by somebody who "
            "believes it and once by somebody who does not."
        ),
        topics=("interpretability", "probing-language-models"),
        collective="language",
        zone="Asia/Singapore",
        weekday=Weekday.SUNDAY,
        at=time(20, 0),
        capacity=8,
        joins=11,
        line=("J", "A"),
    ),
    GroupPlan(
        slug="guarantees-and-doubts",
        title="Guarantees and doubts",
        description=(
            "Prediction sets, e-values, tests without models. Half of the hour goes to the theorem, half to a "
            "simulation in which its assumptions fail."
        ),
        topics=("conformal-prediction", "uncertainty-and-calibration", "stat-th"),
        collective="statistics",
        zone="Europe/London",
        weekday=Weekday.THURSDAY,
        at=time(15, 0),
        capacity=14,
        joins=8,
        organizers=("B",),
        first=("B",),
    ),
    GroupPlan(
        slug="first-presentations",
        title="First presentations",
        description=(
            "For people who have never presented a paper. Ten minutes are enough, somebody presents with you, and "
            "the questions are agreed on beforehand."
        ),
        topics=("deep-learning", "pruning-and-compression"),
        zone="America/Sao_Paulo",
        weekday=Weekday.MONDAY,
        at=time(19, 0),
        minutes=60,
        capacity=16,
        joins=12,
    ),
    GroupPlan(
        slug="acting-and-learning",
        title="Acting and learning",
        description=(
            "Reinforcement learning from Atari onwards, a paper in each fortnight. In the weeks between, those who "
            "like run the algorithm on something small."
        ),
        topics=("reinforcement-learning", "agents-and-planning"),
        collective="learning-machines",
        zone="Africa/Lagos",
        weekday=Weekday.SATURDAY,
        at=time(16, 0),
        every_weeks=2,
        first_week=2,
        capacity=6,
        joins=8,
        leaves=((6, "takes"),),
    ),
    GroupPlan(
        slug="languages-left-out",
        title="Languages left out",
        description=(
            "Most languages have little text on the web, and most papers leave them out. We read those that do not, "
            "and try each method on a language that one of us speaks."
        ),
        topics=("low-resource-languages", "language-models"),
        collective="language",
        zone="Asia/Kathmandu",
        weekday=Weekday.FRIDAY,
        at=time(18, 45),
        capacity=10,
        joins=10,
    ),
    GroupPlan(
        slug="testing-language-technology",
        title="Testing language technology",
        description=(
            "A model does well on a benchmark. What has been shown? We collect the ways in which a test can fool "
            "its makers."
        ),
        topics=("evaluating-language-technology", "question-answering"),
        collective="language",
        zone="America/Toronto",
        weekday=Weekday.WEDNESDAY,
        at=time(12, 0),
        every_weeks=2,
        first_week=2,
        capacity=8,
        joins=11,
        line=("A",),
        has_fresh_hold=True,
    ),
    GroupPlan(
        slug="words-and-fairness",
        visibility=ReadingGroup.Visibility.INTERNAL,
        title="Words and fairness",
        description=(
            "Who is harmed by a wrong word, and who counts as an error bar? We read slowly and keep a list of what "
            "was never measured."
        ),
        topics=("fairness-and-bias", "machine-learning-and-society"),
        collective="language",
        zone="Africa/Johannesburg",
        weekday=Weekday.MONDAY,
        at=time(17, 30),
        capacity=12,
        joins=7,
        called_off_week=5,
    ),
    GroupPlan(
        slug="a-first-course",
        title="A first course in deep learning",
        description=(
            "A chapter and a notebook a week, from linear models to language. You need some Python and no permission."
        ),
        format=Format.COURSE,
        topics=("deep-learning", "convolutional-networks", "transformers"),
        zone="America/Argentina/Buenos_Aires",
        weekday=Weekday.SATURDAY,
        at=time(14, 0),
        minutes=120,
        capacity=16,
        joins=14,
    ),
    GroupPlan(
        slug="merging-models",
        title="Merging models",
        description=(
            "Can one add up what two models know? A short group of four sessions, with a list of further papers to "
            "choose from at the end."
        ),
        topics=("transfer-learning", "optimisation-for-learning"),
        collective="learning-machines",
        zone="America/Mexico_City",
        weekday=Weekday.THURSDAY,
        at=time(18, 0),
        every_weeks=2,
        first_week=10,
        last_week=16,
        state=State.OPEN,
        capacity=10,
        joins=4,
    ),
    GroupPlan(
        slug="graphs-and-molecules",
        title="Graphs and molecules",
        description="Planned for next term. The list below is what we would like to read; nothing is fixed yet.",
        topics=("graph-learning", "learning-on-molecules"),
        collective="learning-machines",
        zone="Australia/Melbourne",
        weekday=Weekday.TUESDAY,
        at=time(19, 0),
        state=State.DRAFT,
        capacity=8,
        joins=0,
        organizers=("B", "I"),
    ),
)

# Six people with one group that meets in every other week.
SMALL_GROUPS = tuple(
    replace(
        plan,
        capacity=8,
        joins=6,
        organizers=("C",),
        first=("C", "D", "A", "B", "E", "F"),
        leaves=(),
        newcomer_presents=True,
    )
    for plan in GROUPS
    if plan.slug == "acting-and-learning"
)
