from celery import shared_task

from core import clock
from mentorship.actions.drafts import store_failure, store_solution
from mentorship.models import Draft
from mentorship.solving import PinsCannotHold, solve_round


@shared_task
def solve_draft(*, draft_id: int, **_ignored: object) -> None:
    """Solve the round of a draft that somebody waits for. Doing it twice stores it once."""
    draft = Draft.objects.select_related("round").filter(pk=draft_id, state=Draft.State.WAITING).first()
    if draft is None:
        return
    try:
        solution = solve_round(draft.round, objective=draft.objective)  # type: ignore[arg-type]
    except PinsCannotHold as error:
        store_failure(draft_id=draft_id, problems=error.pins)
        return
    except Exception:
        store_failure(draft_id=draft_id, problems=[])
        raise
    store_solution(draft_id=draft_id, solution=solution, now=clock.now())
