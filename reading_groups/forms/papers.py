"""Forms for papers and the pool that they are proposed for."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.forms import LinkField
from core.text import one_line
from members.forms import LongTextField, OneLineField
from reading_groups.agenda import title_of
from reading_groups.models import Paper, Session
from reading_groups.papers.identifiers import arxiv_id_of, doi_of
from reading_groups.papers.pasted import LONGEST_PASTED, CannotReadPaper, read_pasted
from reading_groups.papers.rows import MOST_AUTHORS, YEARS, PaperRow, length_of

ANOTHER = "another"


class PasteForm(forms.Form):
    """What somebody has at hand of a paper. Its cleaned text is a row, perhaps without a title yet."""

    source = LongTextField(
        label=_("What do you have of it?"),
        max_length=LONGEST_PASTED,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("An arXiv id or link, a DOI, a web address, a BibTeX entry, or an arXiv record (.abs)."),
        error_messages={"required": _("Paste something, or type the paper in by hand.")},
    )

    def clean_source(self) -> PaperRow:
        try:
            return read_pasted(self.cleaned_data["source"])
        except CannotReadPaper as problem:
            raise ValidationError(str(problem), code="unreadable") from None


class IdentifierFields:
    """For forms with an arXiv id and a DOI: each typed in whatever way, kept as it is written here."""

    cleaned_data: dict[str, Any]

    def clean_arxiv_id(self) -> str:
        typed = self.cleaned_data["arxiv_id"]
        if typed and not arxiv_id_of(typed):
            raise ValidationError(_("This is no arXiv id. They look like 1706.03762 or math/0309136."), code="arxiv")
        return arxiv_id_of(typed)

    def clean_doi(self) -> str:
        typed = self.cleaned_data["doi"]
        if typed and not doi_of(typed):
            raise ValidationError(_("This is no DOI. They begin with 10 and a number, as in 10.1000/182."), code="doi")
        return doi_of(typed)


class PaperForm(IdentifierFields, forms.Form):
    """The facts of a paper, looked up or typed."""

    title = OneLineField(
        label=_("Title"), max_length=length_of(Paper, "title"), error_messages={"required": _("Type the title.")}
    )
    authors = LongTextField(
        label=_("Authors"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line, in their order, the given name first."),
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=YEARS.start,
        max_value=YEARS.stop - 1,
        error_messages={"invalid": _("Type a year, such as 2017.")},
    )
    venue = OneLineField(
        label=_("Where it came out"),
        max_length=length_of(Paper, "venue"),
        required=False,
        help_text=_("A journal, a conference, a publisher."),
    )
    arxiv_id = OneLineField(label=_("arXiv id"), max_length=200, required=False)
    doi = OneLineField(label=_("DOI"), max_length=length_of(Paper, "doi"), required=False)
    url = LinkField(
        label=_("Link"),
        max_length=length_of(Paper, "url"),
        required=False,
    )
    part = OneLineField(
        label=_("Part"), max_length=200, required=False, help_text=_("A chapter or section, if not all of it.")
    )
    authors_are_cut = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # Has choices, and is shown, only where there are some.
    same = forms.RegexField(
        r"^(another|\d{1,15})$",
        label=_("Papers of that title are here already"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid": _("Choose whether it is one of these.")},
    )

    def clean_authors(self) -> tuple[str, ...]:
        names = tuple(name for name in map(one_line, self.cleaned_data["authors"].split("\n")) if name)
        longest = length_of(Paper, "authors")
        if len(names) > MOST_AUTHORS:
            raise ValidationError(_("These are more than %(most)s names.") % {"most": MOST_AUTHORS}, code="too_many")
        if any(len(name) > longest for name in names):
            raise ValidationError(_("One of the lines is too long for a name. Give each author a line."), code="long")
        return names

    @property
    def row(self) -> PaperRow:
        """The paper that the valid form describes."""
        facts = {name: self.cleaned_data[name] for name in (*FACTS, "part", "authors_are_cut")}
        # A link may say the identifier, and the DOI that arXiv gives to its own papers no more than their id.
        facts["arxiv_id"] = facts["arxiv_id"] or arxiv_id_of(facts["doi"]) or arxiv_id_of(facts["url"])
        facts["doi"] = facts["doi"] or doi_of(facts["url"])
        if arxiv_id_of(facts["doi"]):
            facts["doi"] = ""
        return PaperRow(place="1", **facts)

    @property
    def choice(self) -> dict[str, Any]:
        """How the paper stands to those of the same title, as `propose_paper` takes it."""
        same = self.cleaned_data["same"]
        return {"is_another": same == ANOTHER, "same_as": int(same) if same.isdigit() else None}

    def ask_which(self, papers: Sequence[Paper]) -> None:
        """Ask whether the paper is one of those that have its title."""
        choices = [(str(paper.pk), _("It is this one: %(paper)s") % {"paper": described(paper)}) for paper in papers]
        self.fields["same"].widget.choices = [*choices, (ANOTHER, _("It is another paper of the same title"))]
        self.add_error("same", _("Choose whether it is one of these."))


FACTS = ("title", "authors", "year", "venue", "arxiv_id", "doi", "url")


def initial_of(row: PaperRow) -> dict[str, Any]:
    """A row as the form shows it."""
    facts = {name: getattr(row, name) for name in (*FACTS, "part", "authors_are_cut")}
    return facts | {"authors": "\n".join(row.authors)}


def described(paper: Paper) -> str:
    """A paper in one line: title, authors, year, and how it is known elsewhere."""
    parts = [paper.title, paper.author_line, str(paper.year or ""), paper.arxiv_id or paper.doi or paper.url]
    return ", ".join(part for part in parts if part)


class PoolSearchForm(forms.Form):
    q = forms.CharField(label=_("Words of the title"), max_length=200, required=False, widget=forms.SearchInput)

    def clean_q(self) -> str:
        return one_line(self.cleaned_data["q"])


class ScheduleForm(forms.Form):
    """One of the sessions to come."""

    session = forms.TypedChoiceField(
        label=_("Session"),
        coerce=int,
        error_messages={
            "required": _("Choose a session."),
            "invalid_choice": _("This session is over or called off. Choose another."),
        },
    )

    def __init__(self, *args: Any, sessions: Iterable[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [
            (session.pk, f"{date_format(session.held_on, 'D j M Y')}: {title_of(session)}") for session in sessions
        ]


class DuplicateForm(forms.Form):
    """The paper that another one is."""

    paper = forms.TypedChoiceField(
        label=_("It is the same as"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a paper."),
            "invalid_choice": _("Look for that paper again, and choose it then."),
        },
    )

    def __init__(self, *args: Any, papers: Iterable[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].choices = [(paper.pk, described(paper)) for paper in papers]
