"""The best times for a set of people: what is looked for, how times are ranked, and how that is said in words.

Only sets of three or more are counted, and nobody is named; two people who both agreed to it have `common_times`.
"""

from members.availability.besttimes.loading import FEWEST, FewWeeks, Found, Hours, best_times, hours_of
from members.availability.besttimes.ranking import BestTime, Missing, Wish

__all__ = ["FEWEST", "BestTime", "FewWeeks", "Found", "Hours", "Missing", "Wish", "best_times", "hours_of"]
