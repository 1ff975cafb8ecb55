"""Says whether runs, exports and data sets are whole, and which steps a run can be gone on from.

    python scripts/verify.py runs/chairs
    python scripts/verify.py saved_models/chairs data

Reads every byte and changes nothing. Exit code 0: all is whole; 1: something is damaged, and named.
"""

import sys

from tfgen import command_line
from tfgen.errors import InputError

_MOST = 100


def main(argv):
    """Verifies each folder, and prints what was found."""
    if not argv[1:]:
        raise InputError("the folders are missing: give those of runs, exports or data sets.")
    from tfgen.runs.verify import verify  # TensorFlow takes seconds to import

    damaged = 0
    for path in argv[1:]:
        findings = verify(path)
        print("\n".join(findings.lines))
        damaged += findings.damaged
    if damaged:
        sys.exit(1)


if __name__ == "__main__":
    command_line.run(main, arguments=_MOST)
