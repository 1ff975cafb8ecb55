"""Who plays in a trainer's game: what each optimizer trains, by what loss, and when."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Player:
    """What one optimizer trains, and by what.

    Attributes:
      network: anything with `trainable_variables` and `variables`: a network, or a `tf.Module` that
        holds a bare picture, or a code for each frame.
      loss: name of its objective among the losses of its phase.
      plays: None, it takes every step; or its gate, a function of the losses' means over all
        replicas (name -> scalar) to (whether it takes this step, name -> scalar to report).
      decay: weight of half the sum of its squared weights in its objective, whose gradient is added
        to that of the loss; no report has it.
    """

    network: object
    loss: str = "loss"
    plays: Callable | None = None
    decay: float = 0.0


@dataclasses.dataclass(frozen=True)
class Phase:
    """A part of a training step: its players see one set of losses, and then move at once.

    Attributes:
      players: names.
      losses: function of a batch to what is minimised and its terms, name -> [b].
      times: how often this is repeated in a step, on the same batch and with fresh noise.
    """

    players: tuple
    losses: Callable
    times: int = 1


def check_phases(players, phases):
    """Raises ValueError unless every player plays, and the first one once a step, ungated.

    The first one's optimizer counts the steps of a run.
    """
    if not players:
        raise ValueError("a trainer needs a player.")
    known = set(players)
    for phase in phases:
        unknown = set(phase.players) - known
        if unknown or not phase.players:
            raise ValueError(
                f"a phase has players {', '.join(phase.players) or '(none)'}: give some of "
                f"{', '.join(players)}."
            )
    first, *_ = players
    turns = {name: sum(p.times for p in phases if name in p.players) for name in players}
    for name, count in turns.items():
        if not count:
            raise ValueError(f"player {name} is in no phase: it would never be trained.")
    if turns[first] != 1 or players[first].plays is not None:
        raise ValueError(
            f"the first player, {first}, counts the steps: let it play once a step and without a "
            "gate, or put another first."
        )
