"""What a draft says of pairs and of people without one, in words. Nothing here can tell who ruled a pair out."""

from collections.abc import Mapping, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mentorship.matching.explanations import Cause, Change
from mentorship.matching.scoring import Factor
from mentorship.models import Draft, DraftGap, DraftPair

MOST_NAMES = 3
LOW = 4_000

FACTORS = {
    Factor.TOPICS: gettext_lazy("Topics"),
    Factor.LEVEL: gettext_lazy("Level fit"),
    Factor.HOURS: gettext_lazy("Shared hours"),
    Factor.LANGUAGE: gettext_lazy("Language"),
    Factor.LOAD: gettext_lazy("Time offered"),
    Factor.WISHES: gettext_lazy("Wishes"),
}
WEAK = {
    Factor.TOPICS: gettext_lazy("few topics in common"),
    Factor.LEVEL: gettext_lazy("not the step ahead that helps most"),
    Factor.HOURS: gettext_lazy("few shared hours"),
    Factor.LANGUAGE: gettext_lazy("no language that both find easy"),
    Factor.LOAD: gettext_lazy("less time offered than wanted"),
    Factor.WISHES: gettext_lazy("a late wish"),
}
STRONG = {
    Factor.TOPICS: gettext_lazy("strong on topics"),
    Factor.LEVEL: gettext_lazy("a step or two ahead"),
    Factor.HOURS: gettext_lazy("many shared hours"),
    Factor.LANGUAGE: gettext_lazy("a language that both find easy"),
    Factor.LOAD: gettext_lazy("as much time as wanted"),
    Factor.WISHES: gettext_lazy("asked for by name"),
}
# Kept pairs that cannot hold. “Not a candidate” may be a rule, a score or a person; the words are the same.
PIN_PROBLEMS = {
    "gone": gettext_lazy("%(mentee)s with %(mentor)s: one of them takes no part any more."),
    "not_a_candidate": gettext_lazy("%(mentee)s with %(mentor)s: they are not available to each other."),
    "mentee_has_enough": gettext_lazy("%(mentee)s with %(mentor)s: %(mentee)s is kept with somebody else as well."),
    "mentor_is_full": gettext_lazy("%(mentee)s with %(mentor)s: more are kept with %(mentor)s than there are places."),
}


def hours_of(minutes: int) -> str:
    """“2 shared hours”, “1.5 shared hours”, “45 shared minutes”."""
    if minutes < 60:
        return ngettext("%(n)s shared minute", "%(n)s shared minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60, 1)
    number = int(hours) if hours == int(hours) else hours
    return ngettext("%(n)s shared hour", "%(n)s shared hours", 1 if number == 1 else 2) % {"n": number}


def reason_of(pair: DraftPair) -> str:
    """One sentence: the weakest part first where it is weak, then the strongest."""
    parts = []
    if pair.weakest == Factor.HOURS.value and pair.minutes is not None:
        parts.append(_("only %(hours)s a week") % {"hours": hours_of(pair.minutes)})
    elif pair.weakest:
        parts.append(str(WEAK[Factor(pair.weakest)]))
    if pair.strongest == Factor.HOURS.value and pair.minutes is not None:
        parts.append(_("%(hours)s a week") % {"hours": hours_of(pair.minutes)})
    elif pair.strongest:
        parts.append(str(STRONG[Factor(pair.strongest)]))
    return capfirst("; ".join(parts) or _("fair all round")) + "."


def numbers_of(pair: DraftPair) -> list[dict]:
    """The parts behind a sentence, each from 0 to 1, where longer is better."""
    return [
        {"label": label, "value": f"{part / 10_000:.2f}", "is_low": part < LOW}
        for factor, label in FACTORS.items()
        if (part := pair.parts.get(factor.value)) is not None
    ]


def better_of(pair: DraftPair, names: Mapping[int, str]) -> str:
    """Why a mentor who scores higher was not given; empty where none does."""
    if not pair.better:
        return ""
    return _("%(names)s would score higher, and is full with others.") % {"names": listed(pair.better, names)}


def gap_reason(gap: DraftGap, names: Mapping[int, str]) -> str:
    """Why a draft has no mentor for somebody, the nearest miss first."""
    said = []
    for cause, text in (
        ("withdrawn", _("%(names)s stepped back while this was being solved.")),
        (Cause.FULL.value, _("All places with %(names)s are taken.")),
        (Cause.TOO_FEW_SHARED_HOURS.value, _("Too few shared hours with %(names)s.")),
        (Cause.NO_SHARED_LANGUAGE.value, _("No language in common with %(names)s.")),
        (Cause.SAME_INSTITUTION.value, _("At the same institution as %(names)s.")),
    ):
        if whom := gap.causes.get(cause):
            said.append(text % {"names": listed(whom, names)})
    if unavailable := gap.causes.get(Cause.NOT_AVAILABLE.value):
        text = ngettext("%(n)s mentor is not available.", "%(n)s mentors are not available.", len(unavailable))
        said.append(text % {"n": len(unavailable)})
    return " ".join(said) or _("Nobody offers to mentor in this round.")


def remedy_of(gap: DraftGap, names: Mapping[int, str]) -> str:
    """The smallest change that would give a mentor; empty where no single one does, or its mentor has stepped back."""
    name = names.get(gap.remedy["mentor"]) if gap.remedy else None
    if name is None:
        return ""
    change = gap.remedy["change"]
    if change == Change.ONE_MORE_PLACE.value:
        return _("One more place with %(name)s would do.") % {"name": name}
    texts = {
        Change.MORE_SHARED_MINUTES.value: _("%(minutes)s more shared minutes a week with %(name)s would do."),
        Change.SHARED_LANGUAGE.value: _("A language in common with %(name)s would do."),
        Change.SAME_INSTITUTION_ALLOWED.value: _("%(name)s would do, if one institution were allowed."),
    }
    text = texts[change] % {"name": name, "minutes": gap.remedy["minutes"]}
    return text + " " + _("They would need one more place as well.") if gap.remedy["needs_place"] else text


def problems_of(draft: Draft, names: Mapping[int, str]) -> list[str]:
    """Kept pairs that contradict, by name."""
    return [
        str(PIN_PROBLEMS.get(reason, PIN_PROBLEMS["not_a_candidate"]))
        % {"mentee": names.get(mentee, _("somebody")), "mentor": names.get(mentor, _("somebody"))}
        for mentee, mentor, reason in draft.problems
    ]


def listed(ids: Sequence[int], names: Mapping[int, str]) -> str:
    """“Member D, Member E and 4 others”."""
    known = [names.get(pk, _("somebody")) for pk in ids[:MOST_NAMES]]
    more = len(ids) - len(known)
    if more:
        text = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
        return text % {"names": ", ".join(known), "n": more}
    if len(known) > 1:
        return _("%(names)s and %(last)s") % {"names": ", ".join(known[:-1]), "last": known[-1]}
    return known[0]
