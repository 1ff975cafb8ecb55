"""The rendered chairs of Aubry et al. (CVPR 2014), from the folder as it is published.

rendered_chairs/<model id>/renders/image_NNN_pPPP_tTTT_rRRR.png, 31 azimuths at elevations of 20 and
30 degrees. The chairs paper kept 809 of the 1393 models.
"""

import dataclasses
import functools
import hashlib
from pathlib import Path

import numpy as np
import tqdm

from tfgen.data.drawings import aubry_preparation as preparation
from tfgen.data.drawings.turntable_builder import TurntableBuilder, TurntableConfig
from tfgen.errors import InputError
from tfgen.rendering.processes import Died, in_processes
from tfgen.rendering.turntable import Failure, Turntable

# Silhouettes that overlap more than this belong to one shape, whatever its colours.
NEAR_DUPLICATE = 0.95


@dataclasses.dataclass(eq=False, repr=False)
class AubryConfig(TurntableConfig):
    """Adds the threshold of `aubry_preparation.near_duplicates`; above 1 keeps every model."""

    near_duplicate: float = NEAR_DUPLICATE


def aubry_config(rendered_chairs, image_size, keep="", processes=0, near_duplicate=NEAR_DUPLICATE):
    """The configuration of a folder rendered_chairs/.

    Args:
      rendered_chairs: the folder.
      image_size: height and width to prepare for.
      keep: path of a text file of model ids to keep, one a line; empty for all.
      processes: that prepare; 0 for one a core.
      near_duplicate: see AubryConfig.

    Raises:
      InputError: the folder or the list is missing, or holds no model.
    """
    root = Path(rendered_chairs)
    if not root.is_dir():
        raise InputError(
            f"`rendered_chairs`={rendered_chairs} is no folder: give rendered_chairs/."
        )
    names = sorted(path.name for path in root.iterdir() if (path / "renders").is_dir())
    if not names:
        raise InputError(
            f"`rendered_chairs`={root} holds no <model id>/renders/: give rendered_chairs/."
        )
    if keep:
        names = _kept(names, keep)
    models = tuple(preparation.AubryModel(str(root / name), name) for name in names)
    facts = names, near_duplicate, str(root.resolve())
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:12]
    return AubryConfig(
        name=f"aubry_{len(names)}x31x2_{image_size}px_{digest}",
        turntable=Turntable(preparation.AZIMUTHS, preparation.ELEVATIONS, image_size),
        models=models,
        processes=processes,
        near_duplicate=near_duplicate,
    )


def _kept(names, path):
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"`keep`={path} cannot be read ({error}): give a list of ids.") from None
    wanted = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    kept = [name for name in names if name in wanted]
    if not kept:
        raise InputError(f"`keep`={path} names none of the models: give one id a line.")
    return kept


class AubryChairs(TurntableBuilder, skip_registration=True):
    """Prepared renders, near-duplicates left out."""

    def survey(self):
        """Reads every render once; leaves out what is broken, incomplete or nearly the same."""
        config = self.builder_config
        models, signatures, skipped = [], [], {}
        surveyed = in_processes(preparation.silhouettes, config.models, config.processes)
        for model, result in tqdm.tqdm(surveyed, "checking", len(config.models), unit="model"):
            if isinstance(result, Died):
                skipped[model.name] = "reading it ended the process"
            elif isinstance(result, Failure):
                skipped[model.name] = result.reason
            else:
                models.append(model)
                signatures.append(result)
        if not models:
            return [], skipped
        duplicates = preparation.near_duplicates(np.stack(signatures), config.near_duplicate)
        for i, kept in duplicates.items():
            skipped[models[i].name] = f"looks like {models[kept].name}"
        return [model for i, model in enumerate(models) if i not in duplicates], skipped

    def task(self):
        """Prepares the views of a model."""
        size = self.builder_config.turntable.image_size
        return functools.partial(preparation.prepare_model, size=size)
