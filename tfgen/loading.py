"""The front door for what was trained: a run or an export, to ask and to draw with."""

from pathlib import Path


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
    if (Path(path) / "flags.txt").is_file():
        return _of_run(path)
    from tfgen.export.drawer import load_export

    return load_export(path)


def _of_run(path):
    from tfgen import runs
    from tfgen.export.drawer import make_model
    from tfgen.export.manifest import Manifest

    restored = runs.restore(path)
    return make_model(restored.signatures(), Manifest.of_facts(restored.facts))
