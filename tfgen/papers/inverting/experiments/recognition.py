"""Whether what is drawn of HOG, SIFT or LBP is recognised: by a network for photographs, beside
answers that need no inverter. The networks of small crops draw large pictures, by `windows`
(Inverting Visual Representations, section 4, supplement, Figures 1 to 3).
"""

import numpy as np

from tfgen.data.crops import divided_photographs, fixed_crops
from tfgen.data.photos import central_square
from tfgen.data.source import spread_places
from tfgen.errors import InputError
from tfgen.metrics import photographs
from tfgen.metrics.baselines import Nearest, Ridge, gray, mean_colour
from tfgen.papers.deepsim.experiments.photo_runs import PhotoRun, batched
from tfgen.papers.inverting.invert import opened
from tfgen.pictures.image_grid import image_grid
from tfgen.pixels import as_float32, as_uint8
from tfgen.runs.experiments.intervals import as_columns, difference, in_row, mean
from tfgen.runs.experiments.result import Result
from tfgen.runs.experiments.verdict import above, every

SIZE = 256
_LEARNED = 1000  # training pictures of the answers without a network
_SHOWN = 12
FEWEST = 100
_SHARED, _AHEAD = "top-5 shared", "network ahead"
_UNLIKE, _LPIPS = "unlike to the judge", "LPIPS"
_NETWORK, _ANOTHER = "network", "another photograph's drawing"
_CONTROLS = ("gray", "mean colour", "ridge", "nearest training picture", _ANOTHER)


def run(trained, options):
    """Draws held-out photographs at 256 px and counts the classes that are seen in both.

    Args:
      trained: `photo_runs.PhotoRun` of an inversion of HOG, SIFT or LBP.
      options: `options.Options`; others: runs of the other features; judge_weights is needed.
    """
    judge = options.open_judge()
    if judge is None:
        raise InputError("`judge_weights` is missing: give the file of a classifier's weights.")
    runs = [trained, *options.further(PhotoRun)]
    held_out, left_out = held_out_by_all([each.settings for each in runs])
    seen, lpips = judge.top(held_out), options.open_lpips(held_out.shape[1])
    distances = {_UNLIKE: judge.distance} | ({_LPIPS: lpips} if lpips else {})
    rows, grid, names = [], [list(held_out[spread_places(len(held_out), _SHOWN)])], ["photograph"]
    for photo_run in runs:
        feature = photo_run.settings.features.feature
        drawn = _drawn(photo_run, held_out, options.seed)
        agree = {how: agreement(seen, judge.top(images)) for how, images in drawn.items()}
        for how, images in drawn.items():
            ahead = difference(agree[_NETWORK], agree[how], options.seed)
            rows.append(
                _row(feature, how, agree[how], ahead, options.seed)
                | _scores(held_out, images, distances, options.seed)
            )
        grid.append(list(drawn[_NETWORK][spread_places(len(held_out), _SHOWN)]))
        names.append(feature)
    count = f"{len(held_out)} held-out photographs"
    found = [row for row in rows if row["drawn by"] == _NETWORK]
    return Result(
        title="Inversions, recognised",
        source=(
            "Dosovitskiy and Brox (Inverting Visual Representations), section 4, Figures 2 and 3"
        ),
        claim="What is in a photograph is recognised in what is drawn of HOG, SIFT and LBP.",
        finding=(
            f"Of the five classes that {options.judge} sees first in each of {count} "
            f"({left_out} left out, smaller or not held out by all), so many are among the five of "
            "its drawing (95 % interval): "
            + ", ".join(f"{row['feature']} {in_row(row, _SHARED):.0%}" for row in found)
            + "; of another photograph's drawing "
            + ", ".join(
                f"{in_row(row, _SHARED):.0%}" for row in rows if row["drawn by"] == _ANOTHER
            )
            + "."
        ),
        parts=parts(rows),
        rows=rows,
        pictures={
            "figure": image_grid(
                grid, names, title=f"every {max(1, len(held_out) // _SHOWN)}th of {count}"
            )
        },
    )


def parts(rows):
    """Part of the claim -> whether it holds, by the rows of `run`: a part a feature."""
    found = {}
    for feature in dict.fromkeys(row["feature"] for row in rows):
        mine = {row["drawn by"]: row for row in rows if row["feature"] == feature}
        if mine[_NETWORK]["photographs"] < FEWEST:
            held = f"not judged: {mine[_NETWORK]['photographs']} photographs, {FEWEST} are needed"
        else:
            held = every(above(in_row(mine[how], _AHEAD)) for how in _CONTROLS)
        found[f"from {feature} more often than from any control"] = held
    return found


def agreement(a, b):
    """Share of the classes [n, k] of one that are among those of another: [n]."""
    return np.array([len(set(x) & set(y)) / len(x) for x, y in zip(a, b, strict=True)])


def held_out_by_all(settings, size=SIZE):
    """Those of `large_squares` that none of several runs was trained on.

    Args:
      settings: list of `settings.InversionSettings`.
      size: as of `large_squares`.

    Returns:
      As `large_squares`, of the first; InputError if there is none.
    """
    (images, left_out), *others = [large_squares(each, size) for each in settings]
    held_out = [{image.tobytes() for image in found} for found, _ in others]
    common = [image for image in images if all(image.tobytes() in those for those in held_out)]
    if not common:
        raise InputError(
            "`others` were trained on the photographs that the first run holds out: give runs on "
            "the same photographs, at the same `image_size`."
        )
    return np.stack(common), left_out + len(images) - len(common)


def large_squares(settings, size=SIZE):
    """The middle squares of the held-out photographs that are large enough.

    Args:
      settings: `settings.InversionSettings`.
      size: height and width.

    Returns:
      ([n, size, size, 3] uint8, how many were left out); InputError if none is so large.
    """
    photographs = divided_photographs(settings.data, settings.schedule).held_out
    images = [photographs[i]["image"] for i in range(len(photographs))]
    large = [central_square(image, size) for image in images if min(image.shape[:2]) >= size]
    if not large:
        raise InputError(
            f"`photos`={settings.data.photos} holds out none of {size} pixels or more: give "
            f"larger photographs, and a `photo_size` of {size} or more."
        )
    return np.stack(large), len(images) - len(large)


def _drawn(photo_run, held_out, seed):
    """Name -> drawings of photographs [n, s, s, 3] uint8: by the network, and otherwise."""
    data, size = photo_run.settings.data, held_out.shape[1]
    training = divided_photographs(data, photo_run.settings.schedule).training
    extract = photo_run.model.extract
    crops = fixed_crops(training, data.image_size, _LEARNED, data.crop_zoom).columns["image"]
    ridge = Ridge(batched(extract, crops), as_float32(crops), seed)
    # Whole pictures are found by their features at the size of training.
    known = np.stack([central_square(training[i]["image"], size) for i in range(len(training))])
    nearest = Nearest(batched(extract, _small(known, data.image_size)), known)
    _, extract_large, draw = opened(photo_run.path, size)
    features = batched(extract_large, held_out)
    network = as_uint8(draw(features))
    return {
        _NETWORK: network,
        "gray": as_uint8(gray(as_float32(held_out))),
        "mean colour": as_uint8(mean_colour(as_float32(held_out))),
        "ridge": as_uint8(ridge(features)),
        "nearest training picture": nearest(batched(extract, _small(held_out, data.image_size))),
        _ANOTHER: np.roll(network, 1, axis=0),
    }


def _small(images, size):
    return np.stack([central_square(image, size) for image in images])


def _row(feature, how, agree, ahead, seed):
    return {
        "feature": feature,
        "drawn by": how,
        "photographs": len(agree),
        **as_columns(_SHARED, mean(agree, seed)),
        **as_columns(_AHEAD, ahead),
    }


def _scores(held_out, images, distances, seed):
    errors = photographs.errors(held_out / 255.0, images / 255.0)
    found = {name: mean(distance(held_out, images), seed) for name, distance in distances.items()}
    return {
        **as_columns("error", mean(errors, seed)),
        **{key: value for name in found for key, value in as_columns(name, found[name]).items()},
        "detail common to all": photographs.common_detail(images / 255.0),
    }
