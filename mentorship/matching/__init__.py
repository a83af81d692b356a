"""Matching mentees with mentors: plain arrays in, a proved matching out. Nothing here knows of Django.

`solve` finds the matching, `scoring` the pairs and scores it starts from, `explanations` the reasons it ends with.
"""

from mentorship.matching.certificate import Certificate, NotProved
from mentorship.matching.instance import Instance, InvalidInstance
from mentorship.matching.solver import Matching, solve

__all__ = ["Certificate", "Instance", "InvalidInstance", "Matching", "NotProved", "solve"]
