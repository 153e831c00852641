"""How a stream of work is routed: what a policy says, what it knows, whom its steps would choose. Writes nothing."""

from fairlead.allocation.routing.choose import Choice, able, among, choose
from fairlead.allocation.routing.definition import Definition, Step, from_dict, from_text, of_version, to_text
from fairlead.allocation.routing.facts import Surroundings
from fairlead.allocation.routing.match import Taker, takers
from fairlead.allocation.routing.strategies import STRATEGIES, Strategy
from fairlead.lib.cel import BadExpression

__all__ = [
    "STRATEGIES",
    "BadExpression",
    "Choice",
    "Definition",
    "Step",
    "Strategy",
    "Surroundings",
    "Taker",
    "able",
    "among",
    "choose",
    "from_dict",
    "from_text",
    "of_version",
    "takers",
    "to_text",
]
