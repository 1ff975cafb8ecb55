"""Whether the code still trains the same weights, bit for bit, as an earlier commit did.

    python tests/recordings.py 7cae8e9

Trains five tiny runs of 20 steps by the code of that commit, taken from git, and by this tree, each
in a process of its own, and compares every weight, moment and step count of the last checkpoints.
What the commit gave is kept in --keep, so that the next comparison takes half the time.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import tensorflow as tf

ROOT = Path(__file__).parents[1]
COMMON = """--steps=20 --steps_per_epoch=10 --steps_per_execution=5 --batch_size=4
--evaluation_images=8 --precision=float32 --export_dir="""
TURNTABLES = """--dataset=chairs --models=3 --azimuths=6 --elevations=20 --samples=1 --processes=1
--holdout_azimuths=1 --architecture=1s-S-deep --width=0.05 --fc_width=0.05"""
RUNS = {
    "transformed": f"{TURNTABLES} --transform_strength=1",
    "variational": f"{TURNTABLES} --transform_strength=0.5 --style_stream=variational",
    "comparator": "--task=comparator --architecture=exemplar_cnn --width=0.1 --image_size=32 "
    "--exemplars=5",
    "autoencoder": "--task=autoencoder --architecture=table2-vae --width=0.25 --image_size=64 "
    "--lambda_adv=100 --lambda_feat=0.01 --gate=1.92 --comparator=exemplar_cnn:conv3 "
    "--comparator_weights={runs}/comparator --mirror",
    "inversion": "--task=inversion --architecture=inversion --width=0.05 --image_size=64 "
    "--feature=hog",
}


def train(tree, folder, photos, data):
    """Trains all runs by the code of a tree into a folder."""
    for name, flags in RUNS.items():
        flags = f"{flags} {COMMON}".format(runs=folder).split()
        if name in ("transformed", "variational"):
            flags.append(f"--data_dir={data}")
        else:
            flags.append(f"--photos={photos}")
        command = [sys.executable, "scripts/train.py", *flags, f"--run_dir={folder / name}"]
        environment = os.environ | {"PYTHONPATH": str(tree)}
        subprocess.run(command, cwd=tree, env=environment, check=True, stderr=subprocess.DEVNULL)


def digests(folder):
    """Name of a run and of a value in its last checkpoint -> digest of its bits."""
    found = {}
    for name in RUNS:
        reader = tf.train.load_checkpoint(str(folder / name / "checkpoints"))
        for key in sorted(reader.get_variable_to_shape_map()):
            if key.endswith("VARIABLE_VALUE") and not key.startswith("save_counter"):
                value = np.ascontiguousarray(reader.get_tensor(key))
                found[f"{name}: {key}"] = hashlib.sha256(value.tobytes()).hexdigest()
    return found


def write_photos(folder):
    """Two folders of three pictures of noise, blurred."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        scene = cv2.GaussianBlur(rng.integers(0, 256, (80, 100, 3)).astype(np.uint8), (0, 0), 3)
        for i in range(3):
            cv2.imwrite(str(folder / name / f"{i}.png"), scene[:, 8 * i : 80 + 8 * i])


def earlier(commit, tree):
    """Writes the tree of a commit into a folder."""
    tree.mkdir()
    archive = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    subprocess.run(["tar", "x", "-C", str(tree)], input=archive, check=True)


def main():
    """Trains, compares, and says what differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commit")
    parser.add_argument("--keep", default=str(Path(tempfile.gettempdir()) / "tfgen_recordings"))
    arguments = parser.parse_args()
    kept = Path(arguments.keep) / f"{arguments.commit}_tf{tf.__version__}"
    photos, data = Path(arguments.keep) / "photos", Path(arguments.keep) / "data"
    write_photos(photos)
    if not (kept / "inversion" / "metrics.csv").is_file():
        with tempfile.TemporaryDirectory() as folder:
            earlier(arguments.commit, Path(folder) / "tree")
            train(Path(folder) / "tree", kept, photos, data)
    with tempfile.TemporaryDirectory() as folder:
        train(ROOT, Path(folder), photos, data)
        before, now = digests(kept), digests(Path(folder))
    different = [key for key in before.keys() | now.keys() if before.get(key) != now.get(key)]
    for key in sorted(different):
        print(f"differs: {key}")
    print(f"{len(before)} values before, {len(now)} now, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
