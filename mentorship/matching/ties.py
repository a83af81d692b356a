"""Ties broken by what people are called, not by where they stand in the input.

Each pair gets a cost from a seeded hash of both keys, and among equally good matchings the one with the least sum is
taken. By the isolation lemma (Mulmuley, Vazirani and Vazirani, 1987) two of them share the least sum with a chance of
at most E / 2**40, about one in a million for a million pairs that are all alike.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from mentorship.matching.instance import Ints

MOST_BITS = 40
# OR-Tools refuses costs whose product with the number of nodes comes near 2**63.
SAFE_BITS = 60


def tie_costs(keys: tuple[Sequence[str], Sequence[str]], mentee: Ints, mentor: Ints, seed: int) -> Ints:
    """A cost, int (E,) in 0 … 2**40, for each of the pairs (mentee[e], mentor[e]); the same in every process."""
    nodes = len(keys[0]) + len(keys[1]) + 2
    bits = min(MOST_BITS, SAFE_BITS - nodes.bit_length())
    mixed = _mix(_hashes("mentee", keys[0], seed)[mentee] ^ _mix(_hashes("mentor", keys[1], seed)[mentor]))
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def _hashes(side: str, keys: Sequence[str], seed: int) -> np.ndarray:
    start = f"{seed}|{side}|".encode()
    digests = b"".join(blake2b(start + key.encode(), digest_size=8).digest() for key in keys)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def _mix(values: np.ndarray) -> np.ndarray:
    """The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): every bit depends on every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
