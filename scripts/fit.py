"""Turns an object from your own pictures around, one to five of them.

    python scripts/fit.py photo.png --model=runs/chairs --out=turn.gif
    python scripts/fit.py front.png side.png --model=runs/chairs --azimuths=0,90 --elevations=20,20

The object stands before a white or transparent background. Views that are not given are found.
"""

from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.conditions.turntable import USUAL_VIEW
from tfgen.config.data import PhotoConfig
from tfgen.config.flags import define_like, numbers
from tfgen.errors import InputError, renamed

_MOST = 20
_FRAMES = 48

flags.DEFINE_string("model", "", "A run's folder.")
flags.DEFINE_list("azimuths", [], "Azimuths of the pictures in degrees; empty: found.")
flags.DEFINE_list("elevations", [], "Elevations of the pictures in degrees; empty: found.")
flags.DEFINE_float("elevation", 20.0, "Elevation of the turn in degrees.")
define_like(PhotoConfig, "max_megapixels")
flags.DEFINE_string("out", "turn.gif", "File to write: GIF, or PNG for a strip.")


def main(argv):
    """Fits, turns and writes."""
    values = flags.FLAGS
    pictures = argv[1:]
    if not pictures:
        raise InputError("the pictures are missing: give one to five files.")
    if not values.model:
        raise InputError("--model is missing: give a run's folder.")
    if bool(values.azimuths) != bool(values.elevations):
        raise InputError("--azimuths and --elevations belong together: give both or none.")
    suffix = Path(values.out).suffix.lower()
    if suffix not in (".gif", ".png"):
        raise InputError(f"--out={values.out} cannot be written: give a .gif or a .png.")
    angles = {name: numbers(f"{name}s", getattr(values, f"{name}s")) for name in USUAL_VIEW}
    angles = {name: degrees for name, degrees in angles.items() if degrees}
    from tfgen.papers.chairs.fit import fit  # TensorFlow takes seconds to import
    from tfgen.pictures.animation import write_gif
    from tfgen.pictures.drawings import around
    from tfgen.pictures.image_grid import image_grid, write_png

    with renamed(run_dir="model", **{name: f"{name}s" for name in USUAL_VIEW}):
        fitted, fitter, seen = fit(values.model, pictures, angles, values.max_megapixels)
    for i, picture in enumerate(pictures):
        shown = {name: degrees[i] for name, degrees in fitted.angles.items()}
        shown["azimuth"] %= 360
        print(f"{picture}: {', '.join(f'{name} {angle:.0f}' for name, angle in shown.items())}")
    for tie in fitted.ties:
        seen_from = ", ".join(f"{azimuth % 360:.0f}" for azimuth in tie.angles["azimuth"])
        print(
            f"Seen from azimuth {seen_from} it would be explained nearly as well: tell --azimuths."
        )
    frames = _FRAMES if suffix == ".gif" else 12
    view = {"azimuth": around(frames), "elevation": values.elevation}
    turn, _ = fitter.draw(fitted.code, view)
    if suffix == ".gif":
        write_gif(values.out, turn)
    else:
        drawn, _ = fitter.draw(fitted.code, fitted.angles)
        rows = [list(seen), list(drawn), list(turn)]
        write_png(values.out, image_grid(rows, ["given", "fitted", "turned"]))
    print(f"Wrote {values.out}")


if __name__ == "__main__":
    command_line.run(main, arguments=_MOST)
