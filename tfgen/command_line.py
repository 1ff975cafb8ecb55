"""How every script starts: flags parsed, mistakes told in one sentence, exit codes kept.

Exit codes: 0 done; 2 the user's input is wrong (one sentence on stderr, no traceback);
130 interrupted; 141 who read the output has gone. Anything else is a bug, and shows its traceback.
"""

import contextlib
import functools
import os
import re
import select
import sys

from absl import app, flags, logging

from tfgen.config import flagfiles
from tfgen.config import flags as settings_flags
from tfgen.errors import InputError
from tfgen.files import is_of_disk, unwritable

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141  # as of who is ended by SIGPIPE


def refuse(sentence):
    """Prints what is wrong with a user's input and leaves with exit code 2."""
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(EXIT_BAD_INPUT)


def _parse_flags(argv, elsewhere=()):
    argv, places = _expanded(argv)
    try:
        return _without_flags(argv, places)
    except flags.UnrecognizedFlagError as error:
        if error.flagname in elsewhere:
            refuse(f"--{error.flagname} does not exist here: {elsewhere[error.flagname]}.")
        return _refuse_flag(error, argv, places)
    except (flags.Error, UnicodeDecodeError) as error:
        return _refuse_flag(error, argv, places)


def _without_flags(argv, places):
    """Parses flags; what is left of a command line. What a flagfile has beside flags is refused."""
    left = flags.FLAGS(argv)
    for word in left[1:]:
        place = places[len(argv) - 1 - argv[::-1].index(word)]
        if place:
            refuse(f"{place}{word!r} is the value of no flag: write --name=value.")
    return left


def _parse_with_settings(argv):
    argv, places = _expanded(argv)
    try:
        settings_flags.define(argv)
    except InputError as error:
        refuse(error.for_command_line())
    except flags.Error as error:  # a file's task may have flags of a taken name
        _refuse_flag(error, argv, places)
    if "--help" in argv or "-help" in argv:
        print(sys.modules["__main__"].__doc__, flags.FLAGS.main_module_help(), sep="\n")
        print("", settings_flags.help_text(argv), sep="\n")
        sys.exit(0)
    try:
        return _without_flags(argv, places)
    except (flags.Error, UnicodeDecodeError) as error:
        return _refuse_flag(error, argv, places)


def _expanded(argv):
    try:
        return flagfiles.expanded(argv)
    except InputError as error:
        return refuse(error.for_command_line())


def _refuse_flag(error, argv, places):
    """Tells what absl says of a flag, and where it was given."""
    text = " ".join(str(error).split()).removeprefix("ERROR:: ")
    named = re.search(r"(?:--|flag ')([\w.-]+)", text)
    text = re.sub(
        r"Unknown command line flag '([\w.-]+)'(?:\. Did you mean: ([^?]+?) \?)?",
        lambda found: (
            f"--{found[1]} is no flag here: "
            + (f"did you mean --{found[2]}?" if found[2] else "see --help.")
        ),
        text,
    )
    refuse((flagfiles.place_of(named[1], argv, places) if named else "") + text)


def run(main, arguments=0, settings=False, elsewhere=()):
    """Runs `main(argv)` as a script.

    Args:
      main: function of the arguments that are not flags (the script's name first).
      arguments: how many of those there may be, beside the script's name.
      settings: whether it takes the settings of tasks as flags, `tfgen.config.flags`.
      elsewhere: flags of a like program that do not exist here -> why, and what to do instead.
    """

    def guarded(argv):
        if len(argv) > 1 + arguments:
            refuse(f"unexpected argument {argv[-1]!r}: options are given as --name=value.")
        try:
            return main(argv)
        except InputError as error:
            return refuse(error.for_command_line())
        except PermissionError as error:
            if not error.filename:
                raise
            told = f"{error.filename} cannot be opened ({error.strerror}): "
            return refuse(f"{told}ask whose it is for the right to it, or give another.")
        except OSError as error:
            if not is_of_disk(error):
                raise
            return refuse(unwritable(error.filename or "the result", error).for_command_line())
        except KeyboardInterrupt:
            print("interrupted.", file=sys.stderr)
            sys.exit(EXIT_INTERRUPTED)

    # What libraries note at start-up hides what the scripts say.
    logging.set_verbosity(logging.ERROR)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parse = functools.partial(_parse_flags, elsewhere=elsewhere)
    with _until_nobody_reads():
        app.run(guarded, flags_parser=_parse_with_settings if settings else parse)


@contextlib.contextmanager
def _until_nobody_reads():
    """Ends quietly once the reader of stdout has gone, as `head` does after some lines."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        stdout = select.poll()
        stdout.register(sys.stdout.fileno(), 0)
        if not stdout.poll(0):  # it was another pipe
            raise
        # What is still to be written goes nowhere, else Python complains at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_UNREAD)
