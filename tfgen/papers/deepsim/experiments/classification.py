"""DeePSiM, section 4.1: labelled photographs classified by autoencoders' codes; Table 4."""

from tfgen.data.photos import open_photos
from tfgen.errors import InputError
from tfgen.papers.deepsim.experiments.code_classification import (
    crops_of_scenes,
    most_frequent_right,
    pixels,
    svm_right,
)
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched
from tfgen.pictures.bars import bar_chart
from tfgen.runs.experiments.experiment import told_apart
from tfgen.runs.experiments.intervals import as_columns, difference, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, every

PIXELS, FREQUENT = "pixels, as many numbers", "the most frequent class"
_LARGER = 1.5
_ACCURACY, _AHEAD = "accuracy %", "ahead of the image loss"


def run(trained, options):
    """Trains linear support vector machines on codes of each run, of each set of photographs.

    Args:
      trained: `photo_runs.PhotoRun` of an autoencoder by the loss in image space.
      options: `options.Options`; others: autoencoders with feature losses; labelled: folders.
    """
    if not options.labelled:
        raise InputError("`labelled` is missing: give folders of photographs with classes.")
    runs = [trained, *options.further(PhotoRun)]
    names = told_apart([each.path for each in runs])
    rows = []
    for folder in options.labelled:
        size = trained.settings.data.image_size
        photos = _labelled(folder, size)
        scenes = crops_of_scenes(photos, size, options.seed)
        classes = len(set(scenes[1].tolist()))
        right = {
            name: svm_right(lambda x, each=each: batched(_encode(each), x), scenes)
            for name, each in zip(names, runs, strict=True)
        }
        numbers = int(batched(_encode(trained), scenes[0][:1]).size)
        right |= {PIXELS: svm_right(pixels(numbers), scenes), FREQUENT: most_frequent_right(scenes)}
        for name, share in right.items():
            rows.append(
                {
                    "photographs": folder.rstrip("/").rpartition("/")[2],
                    "classes": classes,
                    "tested on": len(share),
                    "left out": len(photos.left_out.reasons),
                    "by": name,
                    **as_columns(_ACCURACY, mean(100 * share, options.seed)),
                    **as_columns(
                        _AHEAD, difference(100 * share, 100 * right[names[0]], options.seed)
                    ),
                }
            )
    return Result(
        title="Photographs classified by codes",
        source="Dosovitskiy and Brox (DeePSiM), section 4.1, Table 4",
        claim="Codes of autoencoders by DeePSiM are better to classify by than by the image loss.",
        finding="Right of held-out photographs, in percent (95 % interval): "
        + "; ".join(
            f"{row['photographs']} ({row['classes']} classes) by {row['by']} "
            f"{in_row(row, _ACCURACY):.1f}"
            for row in rows
        )
        + ".",
        parts=parts(rows),
        rows=rows,
        pictures={"accuracy": _chart(rows)},
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`: of each set of photographs."""
    found = {}
    for photographs in dict.fromkeys(row["photographs"] for row in rows):
        first, *others = [row for row in rows if row["photographs"] == photographs]
        networks = [row for row in others if row["by"] not in (PIXELS, FREQUENT)]
        simple = [row for row in others if row["by"] in (PIXELS, FREQUENT)]
        found |= {
            f"{photographs}: {row['by']} better than {first['by']}": above(in_row(row, _AHEAD))
            for row in networks
        }
        best = max([first, *networks], key=lambda row: row[_ACCURACY])
        found[f"{photographs}: the best better than pixels and the most frequent class"] = every(
            above(in_row(best, _ACCURACY), row[f"{_ACCURACY}, high"]) for row in simple
        )
    return found


def _labelled(folder, size):
    """Photographs with the classes of their folders, or of their names where all lie in one; half
    as large again as crops of them, as STL-10's are.
    """
    given = {"shorter_side": round(_LARGER * size), "min_side": size}
    photos = open_photos(folder, **given)
    if len(photos.class_names) < 2:
        photos = open_photos(folder, labels="names", **given)
    if len(photos.class_names) < 2:
        raise InputError(f"`labelled`={folder} has one class: give folders of several, or names.")
    return photos


def _encode(trained):
    model = trained.model
    if not hasattr(model, "encode"):
        raise InputError(f"`model`={trained.path} is no autoencoder: give one.")
    return lambda x: model.encode(x)[0] if model.variational else model.encode(x)


def _chart(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["photographs"], {})[row["by"]] = row[_ACCURACY]
    return bar_chart(groups, "accuracy in percent")
