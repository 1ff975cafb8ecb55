"""The generator's shapes, activations and gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.descriptions import LAMPS
from tfgen.metrics.images import over_white
from tfgen.networks.conditioning import stream_codes
from tfgen.papers.chairs.drawing import draw, draw_over_black, generator_drawing
from tfgen.papers.chairs.generator import UpConvGenerator
from tfgen.papers.chairs.tables import GENERATORS, generator_spec


def inputs(batch, styles):
    return {
        "style": tf.one_hot(tf.range(batch) % styles, styles),
        "viewpoint": tf.random.stateless_normal((batch, 4), (0, 1)),
        "transform": tf.random.stateless_normal((batch, 8), (0, 2)),
    }


@pytest.mark.parametrize("architecture", GENERATORS)
@pytest.mark.parametrize("size", [64, 128])
def test_draws_images_and_masks_of_every_architecture(tiny_generator, architecture, size):
    generator = tiny_generator(architecture, 5, size)
    outputs = generator(inputs(3, 5))
    assert outputs["image"].shape == (3, size, size, 3)
    assert outputs["mask"].shape == (3, size, size, 1)
    assert ("mask_logits" in outputs) == (generator.spec.mask == "softmax")


def test_draws_256_pixels(tiny_generator):
    assert tiny_generator("1s-S-deep", 2, 256)(inputs(1, 2))["image"].shape == (1, 256, 256, 3)


def test_the_built_network_has_the_parameters_that_the_table_counts():
    spec = generator_spec("2s-S", 64, width=0.1, fc_width=0.1)
    generator = UpConvGenerator(spec, num_styles=7)
    built = sum(stream.count_params() for stream in generator.streams)
    assert built == spec.expanding_parameters


def test_softmax_masks_are_the_objects_probability(tiny_generator):
    outputs = tiny_generator("1s-S")(inputs(2, 5))
    logits = outputs["mask_logits"].numpy()
    expected = 1 / (1 + np.exp(logits[..., :1] - logits[..., 1:]))
    np.testing.assert_allclose(outputs["mask"], expected, atol=1e-6)


def test_activations_are_those_of_the_same_pass(tiny_generator):
    generator = tiny_generator("2s-E")
    outputs, seen = generator.activations(inputs(2, 5))
    np.testing.assert_array_equal(outputs["image"], generator(inputs(2, 5))["image"])
    assert {"style_fc1", "viewpoint_fc2", "transform_fc1", "fc3", "fc4"} <= set(seen)
    assert {"stream1/fc5", "stream1/uconv1", "stream2/uconv2"} <= set(seen)
    assert seen["stream1/fc5"].shape[1:3] == (8, 8)


def test_activations_keep_their_scale_through_the_layers():
    # He's initialisation: neither dies out nor blows up from FC-3 to the last hidden layer.
    generator = UpConvGenerator(generator_spec("1s-S-deep", 64, 0.25, 0.25), num_styles=10)
    _, seen = generator.activations(inputs(16, 10))
    for name in ("fc3", "fc4", "stream1/fc5", "stream1/uconv1", "stream1/conv2"):
        assert 0.2 < float(tf.math.reduce_std(seen[name])) < 3, name


@pytest.mark.parametrize("architecture", ["2s-E", "1s-S-deep"])
def test_every_weight_receives_a_gradient(tiny_generator, architecture):
    generator = tiny_generator(architecture)
    with tf.GradientTape() as tape:
        outputs = generator(inputs(4, 5))
        total = sum(tf.reduce_sum(tf.square(value - 0.3)) for value in outputs.values())
    for variable, gradient in zip(
        generator.trainable_variables,
        tape.gradient(total, generator.trainable_variables),
        strict=True,
    ):
        assert gradient is not None, variable.name
        assert np.isfinite(gradient).all()
        assert np.abs(gradient).max() > 0, variable.name


def test_same_seed_same_weights(tiny_generator):
    for a, b in zip(tiny_generator().get_weights(), tiny_generator().get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def lamps():
    """A generator of other conditions; two of them are heard by one stream."""
    keras.utils.set_random_seed(0)
    spec = generator_spec("1s-S", 64, 0.05, 0.05, streams=tuple(LAMPS.streams))
    return UpConvGenerator(spec, LAMPS)


LAMP_VALUES = {
    "shape": tf.constant([0, 2]),
    "colour": tf.constant([[0.25, 0.75], [1.0, 0.0]]),
    "light": tf.constant([0.0, 90.0]),
    "pose": tf.constant([[0.5, 1.0, 0.0], [0.0, 0.0, 0.0]]),
}


def test_streams_hear_the_codes_of_their_conditions(lamps):
    assert lamps.input_sizes == {"look": 5, "light": 2, "pose": 3}
    codes = stream_codes(LAMPS, LAMP_VALUES)
    np.testing.assert_allclose(codes["look"], [[1, 0, 0, 0.25, 0.75], [0, 0, 1, 1, 0]])
    np.testing.assert_allclose(codes["light"], [[0, 1], [1, 0]], atol=1e-6)
    np.testing.assert_allclose(codes["pose"], LAMP_VALUES["pose"])
    _, seen = lamps.activations(codes)
    assert {"look_fc1", "look_fc2", "light_fc1", "pose_fc2"} <= set(seen)


def test_a_stream_of_two_conditions_starts_with_unit_variance_over_two_inputs():
    spec = generator_spec("1s-S", 64, 0.05, streams=tuple(LAMPS.streams))
    look, light, pose = (
        float(tf.math.reduce_std(layers[0].kernel)) for layers in UpConvGenerator(spec, LAMPS).fc12
    )
    assert look == pytest.approx(0.5**0.5, rel=0.05)
    assert light == pytest.approx(1, rel=0.05)
    assert pose == pytest.approx(1, rel=0.05)


def test_values_are_drawn_as_their_codes_are(lamps):
    images, masks = generator_drawing(lamps, batch_size=1)(LAMP_VALUES)
    outputs = lamps(stream_codes(LAMPS, LAMP_VALUES))
    mask = np.clip(outputs["mask"], 0, 1)
    expected = 255 * np.clip(over_white(outputs["image"], mask), 0, 1)
    assert np.abs(images - expected).max() <= 0.51
    assert np.abs(masks - 255 * mask).max() <= 0.51
    without = {name: value for name, value in LAMP_VALUES.items() if name != "pose"}
    plain, _ = generator_drawing(lamps)(without)
    np.testing.assert_array_equal(plain[1], images[1])  # zeros where a vector is missing
    with pytest.raises(ValueError, match="values has shape, light: give colour"):
        draw(lamps, {"shape": LAMP_VALUES["shape"], "light": LAMP_VALUES["light"]})


def test_every_weight_hears_every_condition(lamps):
    with tf.GradientTape() as tape:
        image, mask = draw_over_black(lamps, LAMP_VALUES)
        loss = tf.reduce_mean(tf.square(image - 0.5)) + tf.reduce_mean(tf.square(mask - 0.3))
    gradients = tape.gradient(loss, lamps.trainable_variables)
    for variable, gradient in zip(lamps.trainable_variables, gradients, strict=True):
        assert np.abs(gradient).max() > 0, variable.name


def test_a_description_with_other_streams_than_the_spec_is_refused():
    with pytest.raises(ValueError, match="spec has the inputs style, viewpoint, transform, the"):
        UpConvGenerator(generator_spec("1s-S", 64, 0.05, 0.05), LAMPS)
    with pytest.raises(ValueError, match="description is missing"):
        UpConvGenerator(generator_spec("1s-S", 64, 0.05, 0.05))
