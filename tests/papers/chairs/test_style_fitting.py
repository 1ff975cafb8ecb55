"""Styles fitted to views, of a generator whose styles are told apart: it learned them by heart."""

import keras
import numpy as np
import pytest

from tests.descriptions import LAMPS
from tfgen.conditions.description import value_arrays
from tfgen.data import pipeline
from tfgen.errors import InputError
from tfgen.papers.chairs.drawing import draw_over_black
from tfgen.papers.chairs.generator import UpConvGenerator
from tfgen.papers.chairs.style_fitting import StyleFitter
from tfgen.papers.chairs.tables import generator_spec
from tfgen.papers.chairs.trainer import GeneratorTrainer

VIEWS = {"azimuth": [60.0, 210.0], "elevation": [20.0, 20.0]}
FRONT = {"azimuth": 0.0, "elevation": 20.0}


@pytest.fixture(scope="module")
def generator():
    """Knows six boxes: each of its own colour and height, moving to the right with the azimuth."""
    from tfgen.data.drawings.examples import Examples

    rng = np.random.default_rng(0)
    styles, azimuths = (x.ravel() for x in np.meshgrid(np.arange(6), np.arange(12) * 30.0))
    masks = np.zeros((72, 64, 64, 1), np.uint8)
    for i, (style, azimuth) in enumerate(zip(styles, azimuths, strict=True)):
        left = 4 + int(azimuth / 10)
        masks[i, 8 : 20 + 7 * style, left : left + 14] = 255
    colors = rng.integers(60, 256, (6, 1, 1, 3))
    examples = Examples(
        {
            "image": ((masks > 0) * colors[styles]).astype(np.uint8),
            "mask": masks,
            "style": styles.astype(np.int64),
            "azimuth": azimuths.astype(np.float32),
            "elevation": np.full(72, 20.0, np.float32),
        }
    )
    keras.utils.set_random_seed(0)
    network = UpConvGenerator(generator_spec("1s-S", 64, 0.15, 0.25), num_styles=6)
    trainer = GeneratorTrainer(network, network.spec.lambda_mask)
    trainer.compile(keras.optimizers.Adam(2e-3, epsilon=1e-6), 10)
    batches = pipeline.training_batches(examples, 16, seed=0)
    trainer.fit(batches, epochs=1, steps_per_epoch=250, verbose=0, shuffle=False)
    return network, examples


def views(examples, style, azimuths):
    chosen = [
        int(np.flatnonzero((examples.styles == style) & (examples.azimuths == a))[0])
        for a in azimuths
    ]
    return tuple(x[chosen].astype(np.float32) / 255 for x in (examples.images, examples.masks))


def test_a_known_style_is_found_again_and_turned(generator):
    network, examples = generator
    fitter = StyleFitter(network)
    images, masks = views(examples, 4, [60.0, 210.0])
    fitted = fitter.fit(images, masks, VIEWS, steps=60)
    unseen, unseen_masks = views(examples, 4, [120.0, 300.0])
    drawn, drawn_masks = fitter.draw(fitted.code, {"azimuth": [120.0, 300.0], "elevation": 20.0})
    assert np.abs(drawn_masks / 255.0 - unseen_masks).mean() < 0.03
    assert np.abs(drawn / 255.0 - (unseen + 1 - unseen_masks)).mean() < 0.03
    again = fitter.fit(images, masks, VIEWS, steps=60)
    np.testing.assert_array_equal(again.code, fitted.code)


def test_views_are_found_too(generator):
    network, examples = generator
    images, masks = views(examples, 2, [90.0, 240.0])
    fitted = StyleFitter(network).fit(images, masks, steps=40)
    away = np.abs((fitted.angles["azimuth"] - [90.0, 240.0] + 180) % 360 - 180)
    assert away.max() < 20


def test_an_object_alike_from_both_sides_is_a_tie(generator, monkeypatch):
    network, examples = generator
    fitter = StyleFitter(network)
    images, masks = views(examples, 2, [90.0])
    fitted = fitter.fit(images, masks, steps=40)
    assert fitted.ties == ()  # boxes move with the azimuth
    monkeypatch.setattr(StyleFitter, "_errors_of_styles", lambda self, *_: np.ones(6, np.float32))
    monkeypatch.setattr("tfgen.papers.chairs.style_fitting._TIE", 1e9)
    (tie,) = fitter.fit(images, masks, steps=4).ties
    first = fitter.fit(images, masks, steps=4)
    away = abs((tie.angles["azimuth"][0] - first.angles["azimuth"][0] + 180) % 360 - 180)
    assert away > 45
    assert tie.loss >= first.loss


def test_views_count_each(generator):
    network, examples = generator
    fitter = StyleFitter(network)
    images, masks = views(examples, 4, [60.0, 60.0])
    both = {"azimuth": [60.0, 60.0], "elevation": [20.0, 20.0]}
    one = fitter.fit(images[:1], masks[:1], {k: v[:1] for k, v in both.items()}, steps=1)
    assert fitter.fit(images, masks, both, steps=1).loss == pytest.approx(2 * one.loss, rel=1e-3)


def test_what_is_between_styles_costs_nothing_and_leaving_them_does(generator):
    network, examples = generator
    images, masks = views(examples, 1, [0.0])
    errors, distances = [], []
    for cost in (1e-3, 1e4):
        fitter = StyleFitter(network, leave_cost=cost)
        fitted = fitter.fit(images[:, :, ::-1], masks[:, :, ::-1], FRONT, steps=80)
        errors.append(fitted.loss)
        known = fitter._codes.numpy()
        weights, *_ = np.linalg.lstsq(known.T, fitted.code, rcond=None)
        distances.append(np.linalg.norm(known.T @ weights - fitted.code))
    assert errors[0] < errors[1]
    assert distances[0] > distances[1]


def test_views_of_another_size_are_refused(generator):
    with pytest.raises(InputError, match="views are 32x32, the generator's 64x64"):
        StyleFitter(generator[0]).fit(np.zeros((1, 32, 32, 3)), np.zeros((1, 32, 32, 1)))


def test_other_conditions_are_held_and_their_angles_found():
    keras.utils.set_random_seed(0)
    spec = generator_spec("1s-S", 64, 0.05, 0.05, streams=tuple(LAMPS.streams))
    network = UpConvGenerator(spec, LAMPS)
    for layers in network.fc12:  # louder than at the start, so that all conditions show
        layers[0].kernel.assign(layers[0].kernel * 3.0)
    fitter = StyleFitter(network)
    known = {"shape": [1, 1], "light": [10.0, 50.0], "pose": [[0.5, 1, 0], [0, 0, 0]]}
    targets = draw_over_black(network, value_arrays(LAMPS, known))
    images, masks = (target.numpy() for target in targets)
    poses = {"pose": known["pose"]}
    fitted = fitter.fit(images, masks, poses, steps=60)
    held = fitter.fit(images, masks, poses | {"light": [50.0, 10.0]}, steps=60)
    np.testing.assert_array_equal(held.angles["light"], [50, 10])
    first, second = fitted.angles["light"]
    assert abs(first - 10) < 6
    assert second > first + 5
    assert fitted.loss < 0.3 * held.loss
    drawn, _ = fitter.draw(fitted.code, poses | fitted.angles)
    assert drawn.shape == (2, 64, 64, 3)
