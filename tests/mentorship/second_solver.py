"""The same questions put to SciPy, for rounds with one mentor for each mentee."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching, min_weight_full_bipartite_matching

from mentorship.matching import Instance


def by_scipy(instance: Instance) -> tuple[int, int, int, int]:
    """The most pairs, the best worst pair, and the largest total with it and regardless of it.

    Each place of a mentor is a column, and so is having no mentor, one for each mentee (Jonker and Volgenant's
    algorithm as SciPy has it for sparse tables).
    """
    mentees, places = instance.mentees, int(instance.capacity.sum())
    copies = instance.capacity[instance.pairs[:, 1]]
    first = np.cumsum(instance.capacity) - instance.capacity
    row = np.repeat(instance.pairs[:, 0], copies)
    column = np.repeat(first[instance.pairs[:, 1]], copies)
    column += np.arange(len(row)) - np.repeat(np.cumsum(copies) - copies, copies)
    scores = np.repeat(instance.scores, copies)

    def most(least: int) -> int:
        kept = scores >= least
        table = csr_array((np.ones(kept.sum()), (row[kept], column[kept])), (mentees, places))
        return int((maximum_bipartite_matching(table, perm_type="column") >= 0).sum())

    def total(least: int) -> int:
        kept = scores >= least
        nobody = np.arange(mentees)
        # No cost may be 0, which a sparse table leaves out. Whole numbers below 2**53 are exact.
        cost = np.concatenate([1_000_001.0 - scores[kept], np.full(mentees, mentees * 1_000_000 + 2.0)])
        table = csr_array(
            (cost, (np.append(row[kept], nobody), np.append(column[kept], places + nobody))),
            (mentees, places + mentees),
        )
        rows, columns = min_weight_full_bipartite_matching(table)
        matched = columns < places
        return int((1_000_001 - table[rows[matched], columns[matched]]).sum())

    levels = np.unique(instance.scores)
    count = most(0)
    low, high = 0, len(levels)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if most(levels[middle]) == count else (low, middle)
    return count, int(levels[low]), total(int(levels[low])), total(0)
