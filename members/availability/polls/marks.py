"""What an answer is written in: a digit for each time of the poll, in its order.

2 yes, 1 if needed, 0 no.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

YES, IF_NEEDED, NO = "2", "1", "0"
# As many as the half hours of a week.
MOST_TIMES = 336
SHORTEST, LONGEST = 15, 480
GRID_MINUTES = 30

WORDS: Mapping[str, str | Promise] = {YES: _("yes"), IF_NEEDED: _("if needed"), NO: _("no")}
# The same words for programs and files, in no language.
NAMES = {YES: "yes", IF_NEEDED: "if_needed", NO: "no"}
ANSWERS = [(name, name) for name in NAMES.values()]
