"""Other solvers, each at its best. One file per peer, one line in the list."""

from fairlead.bench.peers import greedy, timefold, vroom
from fairlead.bench.peers.peer import CannotSolve, Limits, Peer

PEERS: tuple[Peer, ...] = (
    greedy.EDD_FINISH,
    greedy.EDD_COST,
    greedy.URGENT_COST,
    vroom.PEER,
    timefold.PEER,
)

__all__ = ["PEERS", "CannotSolve", "Limits", "Peer"]
