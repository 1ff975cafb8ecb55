"""Tiny runs, prepared once, to train and to experiment on."""

import functools

import pytest

FLAGS = """
--dataset=chairs
--models=3
--azimuths=6
--elevations=20
--samples=1
--processes=1
--holdout_azimuths=1
--architecture=1s-S
--width=0.05
--fc_width=0.05
--transform_strength=0.5
--batch_size=4
--steps=12
--steps_per_epoch=6
--steps_per_execution=2
--evaluation_images=8
--precision=float32
"""
EXPERIMENT_FLAGS = """
--dataset=chairs
--models=8
--azimuths=6
--elevations=20
--samples=1
--processes=1
--holdout_azimuths=1
--architecture=1s-S-deep
--width=0.05
--fc_width=0.05
--transform_strength=1
--batch_size=4
--steps=4
--steps_per_epoch=4
--steps_per_execution=1
--evaluation_images=8
--precision=float32
"""


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """Folder of the prepared collection."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def settings(data_dir, tmp_path):
    """A function of further flags to settings whose results go to tmp_path."""
    return functools.partial(settings_in, tmp_path, data_dir)


def settings_in(folder, data_dir, *extra):
    """Settings of a tiny run with its results, `run` and `models`, in a folder."""
    from tfgen.config import flags

    where = (f"--run_dir={folder / 'run'}", f"--export_dir={folder / 'models'}")
    return flags.from_text("\n".join([*FLAGS.split(), f"--data_dir={data_dir}", *where, *extra]))


@pytest.fixture(scope="session")
def make_run(tmp_path_factory):
    """A function of further flags to settings in a folder of its own, on the same data."""
    from tfgen.config import flags

    data = tmp_path_factory.mktemp("data")

    def make(*extra):
        folder = tmp_path_factory.mktemp("run")
        lines = [
            *EXPERIMENT_FLAGS.split(),
            f"--data_dir={data}",
            f"--run_dir={folder / 'run'}",
            f"--export_dir={folder / 'models'}",
            *extra,
        ]
        return flags.from_text("\n".join(lines))

    return make


@pytest.fixture(scope="session")
def finished(make_run):
    """(settings, exported version) of a run with T_theta."""
    from tfgen.runs.train import train

    settings = make_run()
    return settings, train(settings).export


@pytest.fixture(scope="session")
def trained(finished):
    from tfgen.papers.chairs.experiments.trained import Trained

    return Trained(finished[0].schedule.run_dir)
