"""The flow network of a matching, and the two questions OR-Tools answers about it.

Mentee -> mentor (capacity 1), mentee -> nobody, mentor -> sink, nobody -> sink. The flows found in it are whole, since
the constraint matrix is totally unimodular (Ahuja, Magnanti and Orlin, Network Flows, 1993, section 11.12).

OR-Tools cuts fractions off costs in silence, so everything that goes in is asserted to be int64, and it refuses costs
near 2**60, so nothing here needs a large constant: how many are left out is fixed by the capacity of nobody -> sink.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from mentorship.matching.instance import Ints


class SolverFailed(RuntimeError):
    """OR-Tools ended without an optimum, which a network made here does not allow; the message is its status."""


@dataclass(frozen=True, eq=False)
class Network:
    """Which flows are allowed.

    mentee, mentor: int (E,), the ends of each arc. supply: int (n,), places each mentee asks for.
    spare: int (n,), how many of those may stay empty. low, high: int (m,), the least and most mentees of each mentor.
    empty: how many places stay empty in all.
    """

    mentee: Ints
    mentor: Ints
    supply: Ints
    spare: Ints
    low: Ints
    high: Ints
    empty: int = 0


@dataclass(frozen=True, eq=False)
class Cut:
    """Proves that no more can be matched: mentees and mentors on the side of the source, bool (n,) and bool (m,)."""

    mentees: np.ndarray
    mentors: np.ndarray

    def bound(self, mentee: Ints, mentor: Ints, supply: Ints, capacity: Ints) -> int:
        """The most places that can be filled along these arcs: the capacity of the cut (Ford and Fulkerson, 1956)."""
        crossing = self.mentees[mentee] & ~self.mentors[mentor]
        return int(supply[~self.mentees].sum() + capacity[self.mentors].sum() + np.count_nonzero(crossing))

    def as_dict(self) -> dict[str, list[int]]:
        return {"mentees": np.flatnonzero(self.mentees).tolist(), "mentors": np.flatnonzero(self.mentors).tolist()}


def checked(*arrays: np.ndarray) -> None:
    for array in arrays:
        if array.dtype != np.int64:
            raise SolverFailed(f"an array of {array.dtype}")


def fill_most(mentee: Ints, mentor: Ints, supply: Ints, capacity: Ints) -> tuple[int, np.ndarray, Cut]:
    """As many places filled as possible along the arcs (E,): how many, which arcs, bool (E,), and the proof."""
    n, m, arcs = len(supply), len(capacity), len(mentee)
    if not arcs or not n or not m:
        nothing = Cut(np.ones(n, bool), np.zeros(m, bool))
        return 0, np.zeros(arcs, bool), nothing
    source, sink = n + m, n + m + 1
    people = np.arange(n + m, dtype=np.int64)
    tails = np.concatenate([mentee, np.full(n, source), people[n:]])
    heads = np.concatenate([n + mentor, people[:n], np.full(m, sink)])
    capacities = np.concatenate([np.ones(arcs, np.int64), supply, capacity])
    checked(tails, heads, capacities)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tails, heads, capacities)
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise SolverFailed(str(status))
    side = np.zeros(n + m + 2, bool)
    side[np.asarray(solver.get_source_side_min_cut(), dtype=np.int64)] = True
    used = solver.flows(np.arange(arcs)) > 0
    return int(solver.optimal_flow()), used, Cut(side[:n], side[n : n + m])


def least_cost(network: Network, costs: Ints, enough: Ints | None = None) -> np.ndarray:
    """The arcs, bool (E,), of a flow of least cost: `costs`, int (E,) and at least 0, of the arcs used, and 1 for each
    mentee of a mentor above `enough`, int (m,), where given. Such a flow must exist."""
    n, m, arcs = len(network.supply), len(network.high), len(network.mentee)
    if not arcs:
        return np.zeros(0, bool)
    nobody, sink = n + m, n + m + 1
    mentors = np.arange(n, n + m, dtype=np.int64)
    room = network.high - network.low
    cheap = room if enough is None else np.clip(enough - network.low, 0, room)
    may_stay_out = np.flatnonzero(network.spare)
    tails = [network.mentee, may_stay_out, mentors]
    heads = [n + network.mentor, np.full(len(may_stay_out), nobody), np.full(m, sink)]
    capacities = [np.ones(arcs, np.int64), network.spare[may_stay_out], cheap]
    prices = [costs, np.zeros(len(may_stay_out) + m, np.int64)]
    if enough is not None:
        tails.append(mentors)
        heads.append(np.full(m, sink))
        capacities.append(room - cheap)
        prices.append(np.ones(m, np.int64))
    columns = [np.concatenate(parts) for parts in (tails, heads, capacities, prices)]
    # Who must be full asks for it; the sink takes the rest.
    rest = network.supply.sum() - network.low.sum() - network.empty
    supplies = np.concatenate([network.supply, -network.low, np.array([-network.empty, -rest], np.int64)])
    checked(*columns, supplies)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(*columns)
    solver.set_nodes_supplies(np.arange(n + m + 2), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverFailed(str(status))
    return solver.flows(np.arange(arcs)) > 0
