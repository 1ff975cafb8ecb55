"""Rows of a network as a peer goes through them, and a plain word where it does not know one."""

from tfgen.networks import spec as rows


def known_rows(spec, table, reader):
    """Yields (row, builder) of a network's rows one after another, nothing left open in them.

    Args:
      spec: `networks.spec.NetworkSpec`.
      table: row type -> builder.
      reader: whose table it is, for the error.

    Raises:
      ValueError: a row is of a type that the table lacks.
    """
    for name, several in spec.rows.items():
        for row in rows.as_tuple(several):
            if type(row) not in table:
                known = ", ".join(each.__name__ for each in table)
                raise ValueError(f"row {name}, {row}, is not known to {reader}: it knows {known}.")
            yield spec.filled(row), table[type(row)]


def check_plain(row, reader):
    """Raises ValueError where a row asks for more than a map, a bias and then ReLU or LReLU."""
    paddings = ("same", "valid")
    padding = getattr(row, "padding", "same")
    plain = {
        "norm": row.norm == "none",
        "order": row.order == rows.POST_ACTIVATION,
        "bias": row.bias,
        "spectral": not row.spectral,
        "padding": padding in paddings or isinstance(padding, int),
        "dilation": getattr(row, "dilation", 1) == 1,
        "activation": slope(row) is not None or row.activation == "none",
    }
    for name, known in plain.items():
        if not known:
            raise ValueError(f"{name}={getattr(row, name)} is not known to {reader}.")


def slope(row):
    """Of a row's LReLU; 0 of ReLU, None of any other activation."""
    if isinstance(row.activation, rows.LReLU):
        return row.activation.slope
    return 0.0 if row.activation == "relu" else None
