"""Sources of examples: by number, each a dict of arrays; pairs, captions and tables too."""

import abc

import numpy as np


class Source(abc.ABC):
    """Examples by number.

    A subclass says what an example holds in `spec`, and gives batches of them. Every example
    carries its own `number`, which stays with it in subsets, so that what belongs to it elsewhere
    (a row of features, a caption) is found by number.

    Attributes:
      spec: column -> (shape of one example's array, NumPy dtype); "number" among them. Columns of
        uint8 are images, and become float32 in [0, 1] on their way into training.
      randoms: how many random numbers an example takes: where to crop, for instance.
      in_memory: bytes of decoded data that it holds.
    """

    spec: dict
    randoms = 0
    in_memory = 0

    @abc.abstractmethod
    def __len__(self):
        """Number of examples."""

    @abc.abstractmethod
    def batch(self, places, random=None):
        """Some examples.

        Args:
          places: [b] int64, from 0 to the length.
          random: [b, randoms] float32 in [0, 1), or None where `randoms` is 0.

        Returns:
          dict: column -> [b, …] array, as `spec` says.
        """

    def __getitem__(self, place):
        """One example, a dict of arrays; what is random is in the middle of its range."""
        return {key: value[0] for key, value in self._fixed(np.array([place])).items()}

    def spread(self, count):
        """At most `count` examples, spread evenly, as Columns; what is random as in one example."""
        columns = self._fixed(spread_places(len(self), count))
        return Columns({name: np.asarray(columns[name], self.spec[name][1]) for name in self.spec})

    def _fixed(self, places):
        random = np.full((len(places), self.randoms), 0.5, np.float32) if self.randoms else None
        return self.batch(places, random)


def spread_places(length, count):
    """[count] int64 places, spread evenly; all [length] where there are no more."""
    return np.linspace(0, length - 1, min(count, length)).round().astype(np.int64)


class Columns(Source):
    """Examples in memory: one array a column.

    Args:
      columns: name -> [n, …] array; "number" is added where it is missing.

    Raises:
      ValueError: the arrays are not equally long.
    """

    def __init__(self, columns):
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"columns have {lengths} rows: give each as many.")
        (count,) = set(lengths.values())
        self.columns = dict(columns)
        self.columns.setdefault("number", np.arange(count, dtype=np.int64))
        self.spec = {name: (a.shape[1:], a.dtype) for name, a in self.columns.items()}

    @property
    def in_memory(self):
        """Bytes of the arrays."""
        return sum(column.nbytes for column in self.columns.values())

    def __len__(self):
        return len(self.columns["number"])

    def batch(self, places, random=None):
        """The rows of some places."""
        del random
        return {name: column[places] for name, column in self.columns.items()}

    def __getitem__(self, index):
        """One example, a dict, of an integer; of an array, slice or mask, those rows as Columns."""
        if isinstance(index, (int, np.integer)):
            return {name: column[index] for name, column in self.columns.items()}
        return type(self)({name: column[index] for name, column in self.columns.items()})

    def spread(self, count):
        """At most `count` examples, spread evenly."""
        return self if count >= len(self) else self[spread_places(len(self), count)]


class Evenly(Source):
    """A source whose groups are seen equally often, however few examples they have.

    A pass sees all groups as often, and within a group the examples, give or take one in `_ROUNDS`.

    Args:
      source: Source.
      groups: [n] int, the group of each example.
    """

    _ROUNDS = 16  # of the largest group in a pass

    def __init__(self, source, groups):
        self._source = source
        self.spec, self.randoms = source.spec, source.randoms
        self.in_memory = source.in_memory
        self._order = np.argsort(groups, kind="stable")
        _, self._counts = np.unique(groups, return_counts=True)
        self._firsts = np.cumsum(self._counts) - self._counts
        self._turns = self._ROUNDS * int(self._counts.max())

    def __len__(self):
        return len(self._counts) * self._turns

    def batch(self, places, random=None):
        """Some examples, each group's in turn."""
        group, turn = np.divmod(places, self._turns)
        chosen = self._order[self._firsts[group] + turn % self._counts[group]]
        return self._source.batch(chosen, random)


class Joined(Source):
    """A source with further columns, found by each example's number.

    Args:
      source: Source.
      columns: name -> [n, …] array of numbers, whose row i belongs to example number i; they are
        given as float32.
    """

    def __init__(self, source, columns):
        self._source = source
        self._columns = columns
        self.randoms, self.in_memory = source.randoms, source.in_memory
        self.spec = source.spec | {
            name: (array.shape[1:], np.float32) for name, array in columns.items()
        }

    def __len__(self):
        return len(self._source)

    def batch(self, places, random=None):
        """Some examples, and the rows of their numbers."""
        examples = self._source.batch(places, random)
        numbers = examples["number"]
        rows = {name: np.float32(array[numbers]) for name, array in self._columns.items()}
        return examples | rows
