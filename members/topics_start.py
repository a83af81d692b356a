"""The topics that a new collaborative starts with: arXiv's archives and categories, and some of our own below them.

Only codes, names and parents come from arXiv's taxonomy, so that papers found there can be filed without asking.
"""

import json
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils.text import slugify

from members.actions import save_topic
from members.models import Topic

ARXIV = Path(__file__).parent / "data" / "arxiv_topics.json"

# What a category is too wide for, by the short name of the topic above. A line may stand below an earlier one.
OWN: dict[str, list[str]] = {
    "cs-lg": [
        "Deep learning",
        "Generative models",
        "Graph learning",
        "Interpretability",
        "Optimisation for learning",
        "Reinforcement learning",
        "Representation learning",
        "Scaling laws",
        "Sequence models",
        "Transfer learning",
        "Federated learning",
        "Learning for health",
    ],
    "deep-learning": ["Convolutional networks", "Recurrent networks", "Transformers", "Pruning and compression"],
    "generative-models": ["Diffusion models", "Generative adversarial networks", "Variational autoencoders"],
    "cs-cl": [
        "Language models",
        "Low-resource languages",
        "Machine translation",
        "Probing language models",
        "Question answering",
        "Topic modelling",
        "Evaluating language technology",
    ],
    "language-models": ["Alignment and preferences", "Reasoning with language models", "Retrieval and memory"],
    "cs-cv": ["Image classification", "Object detection and segmentation", "Vision and language"],
    "cs-ai": ["Agents and planning", "Knowledge graphs"],
    "cs-cy": ["Fairness and bias", "Machine learning and society"],
    "stat-me": ["Causal inference", "Conformal prediction", "Regression", "Resampling and the bootstrap", "Smoothing"],
    "stat-ml": ["Bayesian methods", "Kernel methods", "Learning theory", "Uncertainty and calibration"],
    "eess-as": ["Speech recognition"],
    "q-bio-qm": ["Learning on molecules"],
}


class Loaded(NamedTuple):
    created: int
    kept: int


@transaction.atomic
def load_starting_topics() -> Loaded:
    """Create those starting topics that are missing; how many were, and how many stood already.

    A topic that is there, by its arXiv code or its short name, is left as it is, so that what an admin renamed or
    moved stays so, and loading twice changes nothing. Sends nothing.
    """
    by_code = {topic.code: topic for topic in Topic.objects.exclude(code="")}
    by_slug = {topic.slug: topic for topic in Topic.objects.all()}
    created = kept = 0

    def load(slug: str, name: str, code: str, parent: Topic | None) -> Topic:
        nonlocal created, kept
        found = (by_code.get(code) if code else None) or by_slug.get(slug)
        if found is not None:
            kept += 1
            return found
        topic = save_topic(topic=Topic(slug=slug, name=name, code=code, parent=parent))
        by_slug[slug] = topic
        created += 1
        return topic

    below: dict[str, Topic] = {}
    for row in json.loads(ARXIV.read_text(encoding="utf-8")):
        slug = slugify(row["code"].replace(".", "-"))
        below[slug] = load(slug, row["name"], row["code"], below.get(slugify(row["parent"])))
    for parent_slug, names in OWN.items():
        for name in names:
            below[slugify(name)] = load(slugify(name), name, "", below[parent_slug])
    return Loaded(created, kept)
