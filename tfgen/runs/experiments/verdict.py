"""Whether a paper's claim holds, by its parts, of which each does or does not."""

HOLDS = ("yes", "partly", "no", "not judged")


def judged(parts):
    """The verdict on a claim.

    Args:
      parts: dict: part of the claim -> whether it holds, None where it cannot be judged.

    Returns:
      (one of HOLDS, the parts in words). "yes" if all judged parts hold, "partly" if any does,
      "no" if none does, "not judged" if there is none; the words are "part: yes, another: no".
    """
    verdicts = [bool(held) for held in parts.values() if held is not None]
    text = ", ".join(f"{part}: {_word(held)}" for part, held in parts.items())
    if not verdicts:
        return "not judged", text
    return "yes" if all(verdicts) else "partly" if any(verdicts) else "no", text


def _word(held):
    return "not judged" if held is None else "yes" if held else "no"
