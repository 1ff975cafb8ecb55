"""The one exception that means: what the user gave is wrong, and here is how to mend it."""


class InputError(ValueError):
    """A mistake in what a user gave: a flag, a file, a field of a request.

    Its text is one sentence that names the flag, file or field, the value and the remedy.
    Scripts print it and exit with code 2; see `tfgen.command_line`.
    """
