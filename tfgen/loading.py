"""The front door for what was trained: a run or an export, to ask and to draw with."""

from pathlib import Path

from tfgen.errors import InputError


def load(path):
    """Loads a model.

    Args:
      path: a run's folder, an export's version folder, or a folder of a model's versions (the
        newest is taken).

    Returns:
      `export.model.Model` with `kind`, `signatures` and `predict(inputs, signature)`. A generator
      is an `export.drawer.Drawer`: called, it draws; it has `style_names` and `description`.

    Raises:
      InputError: there is nothing of the kind, or it is damaged.
    """
    from tfgen.export.drawer import load_export, make_model
    from tfgen.runs.restore import restore

    if (Path(path) / "flags.txt").is_file():
        run = restore(path)
        return make_model(run.signatures(), run.manifest())
    return load_export(path)


def load_drawer(path):
    """As `load`, of a generator: an `export.drawer.Drawer`; InputError if there is none."""
    from tfgen.export.drawer import Drawer

    model = load(path)
    if not isinstance(model, Drawer):
        raise InputError(f"`path`={path} is a model of kind {model.kind}: give a generator.")
    return model
