"""The one exception that means: what the user gave is wrong, and here is how to mend it."""

import contextlib
import re

_MARKED = re.compile(r"`(\w+)`")
# Where in its graph TensorFlow met an error, which says nothing to whoever gave the input.
_OF_GRAPHS = re.compile(r"\{\{.*?\}\}|\[\[.*?\]\]|\[Op:\w+\](?: name:\s*\S*)?")
_MARKED_VALUE = re.compile(r"`(\w+)`=?")


class InputError(ValueError):
    """A mistake in what a user gave: an argument, a setting, a file, a field of a request.

    Its text is one sentence that names what is wrong, the value and the remedy. Arguments and
    settings, which may have been given as flags, stand between backquotes:

        InputError("`image_size`=8 is too small: give at least 16.")

    `str` of it is for callers of the library: "image_size=8 is too small: give at least 16."
    Scripts print `for_command_line` and exit with code 2; see `tfgen.command_line`.

    Args:
      text: the sentence, with its marks; an error that tells of another one takes its `text`.
    """

    def __init__(self, text):
        super().__init__(text)

    @property
    def text(self):
        """The sentence, with its marks."""
        return self.args[0]

    def __str__(self):
        return _MARKED.sub(r"\1", self.text)

    def for_command_line(self):
        """The sentence with flags in it: "--image_size=8 is too small: give at least 16."."""
        return _MARKED.sub(r"--\1", self.text)


@contextlib.contextmanager
def renamed(**names):
    """Calls arguments of the InputErrors that pass by the names of what they came from.

        with renamed(weights="feature_weights"):
            read(weights=settings.feature_weights)

    Args:
      names: argument -> name to put in its place; None of what was given without one: its value
        stands alone.
    """
    try:
        yield
    except InputError as error:
        error.args = (_MARKED_VALUE.sub(lambda mark: _renamed(mark, names), error.text),)
        raise


def _renamed(mark, names):
    """What takes the place of a marked name, and of the equals sign after it."""
    new = names.get(mark[1], mark[1])
    return "" if new is None else mark[0].replace(mark[1], new)


def one_line(error, most=200):
    """What another library's exception says, at most so many characters, nothing of it marked.

    TensorFlow's names of graphs and their nodes are left out.
    """
    text = _OF_GRAPHS.sub("", str(error).replace("`", "'"))
    return " ".join(text.split())[:most].rstrip(" ,;:")
