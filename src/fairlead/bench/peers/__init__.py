"""Other solvers, each at its best. One file per peer, one line in the list."""

from fairlead.bench.peers import cpsat, greedy, lsa, pyvrp, routing, timefold, vroom
from fairlead.bench.peers.peer import CannotSolve, Limits, Peer

PEERS: tuple[Peer, ...] = (
    greedy.EDD_FINISH,
    greedy.EDD_COST,
    greedy.URGENT_COST,
    lsa.PEER,
    cpsat.PEER,
    routing.PEER,
    pyvrp.PEER,
    vroom.PEER,
    timefold.PEER,
)

__all__ = ["PEERS", "CannotSolve", "Limits", "Peer"]
