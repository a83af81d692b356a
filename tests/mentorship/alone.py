"""OR-Tools on its own, as a script would use it: what times and memory are compared with."""

import numpy as np
from ortools.graph.python import min_cost_flow

from mentorship.matching import Instance


def alone(instance: Instance) -> np.ndarray:
    """The pairs (K, 2) of one min-cost flow: most pairs, then largest total."""
    n, m = instance.mentees, instance.mentors
    mentee, mentor = instance.pairs.T
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([mentee, np.arange(n), n + np.arange(m)]),
        np.concatenate([n + mentor, np.full(n + m, n + m)]),
        np.concatenate([np.ones(len(mentee) + n, np.int64), instance.capacity]),
        np.concatenate([1_000_000 - instance.scores, np.full(n, n * 1_000_000 + 1), np.zeros(m, np.int64)]),
    )
    solver.set_nodes_supplies(np.arange(n + m + 1), np.append(np.append(np.ones(n, int), np.zeros(m, int)), -n))
    assert solver.solve() == solver.OPTIMAL
    return instance.pairs[solver.flows(np.arange(len(mentee))) > 0]
