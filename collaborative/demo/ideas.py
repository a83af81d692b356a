"""Ideas that came up in the demo's groups."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class IdeaPlan:
    """`by` and `hands` count the group's people in the order in which they came; the first is 0. With three hands an
    idea is ready."""

    title: str
    text: str
    session: int
    by: int
    hands: tuple[int, ...]


IDEAS: dict[str, tuple[IdeaPlan, ...]] = {
    "machines-that-see": (
        IdeaPlan(
            title="Do drawings made before reading predict what people misunderstand",
            text="We drew each architecture before its session. Compare the drawings with the questions that came.",
            session=3,
            by=0,
            hands=(0, 1, 3, 4),
        ),
    ),
    "deep-learning-from-its-papers": (
        IdeaPlan(
            title="Which default of Adam matters on a small network",
            text="Vary one default at a time on a network that trains in a minute, with twenty seeds for each.",
            session=6,
            by=4,
            hands=(2, 4, 6),
        ),
        IdeaPlan(
            title="How small can a batch be before normalization hurts",
            text=(
                "Halve the batch until it breaks, once with batch statistics and once with those of a group "
                "of channels."
            ),
            session=7,
            by=5,
            hands=(5, 7),
        ),
        IdeaPlan(
            title="Random search against guessing",
            text="Let each of us guess good settings first. Then see how many random trials it takes to beat us.",
            session=3,
            by=3,
            hands=(0, 2, 3, 4, 5),
        ),
    ),
    "languages-left-out": (
        IdeaPlan(
            title="A small test of code-switching in the languages that we speak",
            text=(
                "Fifty sentences for each pair of languages, checked by two speakers, for models that anybody can run."
            ),
            session=2,
            by=1,
            hands=(0, 1, 2, 5),
        ),
        IdeaPlan(
            title="What does a tokenizer do to our names",
            text=(
                "Count the pieces into which names from our countries fall, beside names from where the "
                "models come from."
            ),
            session=4,
            by=3,
            hands=(3,),
        ),
    ),
    "how-much-is-enough": (
        IdeaPlan(
            title="Draw the emergence curves again with smooth metrics",
            text="Take published outputs of a family of small models and plot both metrics side by side.",
            session=3,
            by=1,
            hands=(0, 1, 2),
        ),
    ),
    "acting-and-learning": (
        IdeaPlan(
            title="Does replay help when the task is tiny",
            text="A grid of ten cells, with and without replay. If nothing changes there, we learn when it is needed.",
            session=1,
            by=2,
            hands=(1, 2),
        ),
    ),
    "inside-the-model": (
        IdeaPlan(
            title="Control tasks that depend on context",
            text="Random labels for pairs of neighbouring words, and then the selectivity of known probes once more.",
            session=2,
            by=1,
            hands=(1, 3),
        ),
    ),
}
