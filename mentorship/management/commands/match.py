import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from members.models import Member
from mentorship import actions, words
from mentorship.models import Draft, Round
from mentorship.solving import PinsCannotHold, Solution, solve_round


class Command(BaseCommand):
    help = "Match the mentors and mentees of a round, prove that nothing better exists, and store it as a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="the round's address, such as autumn-round")
        parser.add_argument("--objective", choices=Draft.Objective.values, default=Draft.Objective.FAIR)
        parser.add_argument("--dry-run", action="store_true", help="solve and print, and store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        mentoring_round = Round.objects.filter(slug=options["round"]).first()
        if mentoring_round is None:
            raise CommandError(f"There is no round called {options['round']}.")
        try:
            solution = solve_round(mentoring_round, objective=options["objective"])
        except PinsCannotHold as error:
            ids = {pk for pin in error.pins for pk in pin[:2]}
            names = {pk: str(member) for pk, member in Member.objects.in_bulk(ids).items()}
            said = words.problems_of(Draft(problems=error.pins), names)
            raise CommandError(f"These kept pairs cannot be: {' '.join(said)}") from None
        if not options["dry_run"]:
            self._store(mentoring_round, solution)
        self.stdout.write(
            json.dumps(self._as_dict(mentoring_round, solution), ensure_ascii=False)
            if options["json"]
            else self._as_text(solution)
        )

    @transaction.atomic
    def _store(self, mentoring_round: Round, solution: Solution) -> None:
        now = timezone.now()
        try:
            draft = actions.start_draft(actor=None, round_id=mentoring_round.pk, objective=solution.objective, now=now)
        except actions.RoundIsNotClosed:
            raise CommandError("Members can still offer and ask. Close the round first, or use --dry-run.") from None
        except actions.RoundIsPublished:
            raise CommandError("This round is published. Use --dry-run to look.") from None
        actions.store_solution(draft_id=draft.pk, solution=solution, now=now)

    def _as_dict(self, mentoring_round: Round, solution: Solution) -> dict[str, Any]:
        problem, matching = solution.problem, solution.matching
        return {
            "round": mentoring_round.slug,
            "objective": solution.objective,
            "mentees": len(problem.mentees),
            "mentors": len(problem.mentors),
            "matched": len(matching.pairs),
            "total": matching.total,
            "worst": matching.worst,
            "gap": matching.certificate.gap,
            "pairs": [
                {
                    "mentee": problem.mentees[pair.mentee],
                    "mentor": problem.mentors[pair.mentor],
                    "score": pair.score,
                    "parts": {factor.value: part for factor, part in pair.parts.items()},
                }
                for pair in solution.pairs
            ],
            "unmatched": [problem.mentees[gap.mentee] for gap in solution.gaps],
        }

    def _as_text(self, solution: Solution) -> str:
        problem, matching = solution.problem, solution.matching
        lines = [
            f"{problem.requests[pair.mentee].member} with {problem.offers[pair.mentor].member}: {pair.score / 1e6:.2f}"
            for pair in sorted(solution.pairs, key=lambda pair: pair.score)
        ]
        lines += [f"{problem.requests[gap.mentee].member}: no mentor" for gap in solution.gaps]
        worst = "none" if matching.worst is None else f"{matching.worst / 1e6:.2f}"
        lines.append(
            f"{len(matching.pairs)} of {len(problem.mentees)} matched, worst {worst}, "
            f"total {matching.total / 1e6:.2f}, proved optimal (gap {matching.certificate.gap})."
        )
        return "\n".join(lines)
