"""Whether a paper's claim holds, by its parts, of which each does or does not, or is not told."""

HOLDS = ("holds", "partly", "does not hold", "not told apart", "not judged")
# Of a part: its interval lies on both sides of what decides.
UNTOLD = "not told apart"


def judged(parts):
    """The verdict on a claim.

    Args:
      parts: dict: part of the claim -> True or False; UNTOLD; or None or another string, the
        reason, where it cannot be judged.

    Returns:
      (one of HOLDS, the parts in words). Of what is judged: "holds" if all parts do, "partly" if
      any does, "does not hold" if none does and any does not, else "not told apart"; "not judged"
      if there is none. The words are "part: holds, another: does not hold".
    """
    text = ", ".join(f"{part}: {in_words(held)}" for part, held in parts.items())
    verdicts = [held for held in parts.values() if not _is_unjudged(held)]
    if not verdicts:
        return "not judged", text
    told = [bool(held) for held in verdicts if not isinstance(held, str)]
    if any(told):
        return "holds" if all(told) and len(told) == len(verdicts) else "partly", text
    return "does not hold" if told else UNTOLD, text


def above(interval, threshold=0.0):
    """Whether a number is above a threshold: True, False, or UNTOLD.

    Args:
      interval: `intervals.Interval`.
      threshold: what it is compared with.
    """
    if interval.low > threshold:
        return True
    return False if interval.high < threshold else UNTOLD


def below(interval, threshold):
    """Whether a number is below a threshold; as `above`."""
    return above(interval.negated(), -threshold)


def higher(a, b):
    """Whether one number is above another, of other items: where their intervals are apart."""
    return True if a.low > b.high else False if a.high < b.low else UNTOLD


def every(held):
    """Several of True, False and UNTOLD together: False if one is, else UNTOLD if one is."""
    held = list(held)
    untold = [isinstance(each, str) for each in held]
    if not all(each for each, is_untold in zip(held, untold, strict=True) if not is_untold):
        return False
    return UNTOLD if any(untold) else True


def controlled(held, controls):
    """What a part is, unless a control that must fail its judgement passes it.

    Args:
      held: as in `judged`.
      controls: dict: name -> whether it passes the same judgement.

    Returns:
      `held`, or the reason why it cannot be judged.
    """
    passed = [name for name, passes in controls.items() if passes is True]
    return f"not judged, as {' and '.join(passed)} would pass too" if passed else held


def in_words(held):
    """What a part of a claim is, in words."""
    if held is None or isinstance(held, str):
        return held or "not judged"
    return "holds" if held else "does not hold"


def _is_unjudged(held):
    return held is None or (isinstance(held, str) and held != UNTOLD)
