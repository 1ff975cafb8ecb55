"""The folders that models are served from: <folder>/<version>/saved_model.pb."""

from pathlib import Path

from tfgen.errors import InputError


def versions(path):
    """Number -> folder of a model's versions, in `path`; empty if it has none, or is no folder."""
    path = Path(path)
    folders = path.iterdir() if path.is_dir() else ()
    numbered = (each for each in folders if each.name.isascii() and each.name.isdigit())
    return {int(each.name): each for each in numbered if each.is_dir()}


def find_models(base, name=""):
    """The models below a folder.

    Args:
      base: folder of a model's versions, or of several models' folders.
      name: of the one model; "" for its folder's.

    Returns:
      Model name -> Path of the folder of its versions.

    Raises:
      InputError: there is none, or `name` is given to several.
    """
    path = Path(base)
    if not base:
        raise InputError("`model_base_path` is missing: give the folder of an exported model.")
    if not path.is_dir():
        raise InputError(f"`model_base_path`={base} is no folder: give one of an exported model.")
    if (path / "saved_model.pb").is_file():
        raise InputError(
            f"`model_base_path`={base} is one version: give its parent, {path.parent}."
        )
    if versions(path):
        return {name or path.resolve().name: path}
    models = {child.name: child for child in sorted(path.iterdir()) if versions(child)}
    if not models:
        raise InputError(
            f"`model_base_path`={base} has no model: one is <folder>/<version>/saved_model.pb."
        )
    if name:
        raise InputError(
            f"`model_name`={name} names one model, but `model_base_path`={base} has "
            f"{', '.join(models)}: give one's folder, or no name."
        )
    return models
