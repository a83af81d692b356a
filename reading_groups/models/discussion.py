"""What members say about a session and its readings: questions with votes and answers, strengths and limitations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from reading_groups.models.papers import Reading
from reading_groups.models.sessions import Session
from reading_groups.querysets import AnswerQuerySet, NoteQuerySet, QuestionQuerySet


class Question(models.Model):
    """A question for a session, asked before, during or after it."""

    session = models.ForeignKey(Session, verbose_name=_("session"), on_delete=models.PROTECT, related_name="questions")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="questions"
    )
    text = models.TextField(_("question"), max_length=1000)
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("marked as answered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            # A form sent twice asks once. The text itself may be longer than what an index holds.
            models.UniqueConstraint("session", "member", MD5("text"), name="question_asked_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="answered_mark_has_a_hand",
            ),
        ]
        indexes = [models.Index(fields=["session", "asked_at"], name="question_by_time")]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def key(self) -> str:
        return f"reading_groups.question:{self.pk}"


class QuestionVote(models.Model):
    """One member would like this question to be taken first."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="question_votes")
    voted_at = models.DateTimeField(_("voted"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["question", "member"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Answer(models.Model):
    """An answer to a question, in Markdown. There may be several."""

    question = models.ForeignKey(Question, verbose_name=_("question"), on_delete=models.CASCADE, related_name="answers")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answered by"), on_delete=models.PROTECT, related_name="answers"
    )
    text = models.TextField(_("answer"), max_length=5000, help_text=_("Markdown."))
    answered_at = models.DateTimeField(_("answered"))

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint("question", "member", MD5("text"), name="answer_given_once"),
            models.CheckConstraint(condition=~Q(text=""), name="answer_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Note(models.Model):
    """A strength or a limitation of something that the group reads."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", _("Strength")
        LIMITATION = "limitation", _("Limitation")

    # A reading with notes stays: they are the group's work.
    reading = models.ForeignKey(Reading, verbose_name=_("reading"), on_delete=models.PROTECT, related_name="notes")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), on_delete=models.PROTECT, related_name="notes"
    )
    kind = models.CharField(_("strength or limitation"), max_length=10, choices=Kind)
    text = models.TextField(_("note"), max_length=1000)
    written_at = models.DateTimeField(_("written"))

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint("reading", "member", "kind", MD5("text"), name="note_written_once"),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(condition=Q(kind__in=["strength", "limitation"]), name="note_kind"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
