"""A served generator of other conditions than the chairs': `tests.descriptions.LAMPS`."""

import json

import keras
import tensorflow as tf

from tests.descriptions import LAMPS
from tfgen import stack
from tfgen.papers.chairs import drawing
from tfgen.papers.chairs.generator import UpConvGenerator
from tfgen.papers.chairs.tables import generator_spec


def save_lamps(path):
    """Writes a SavedModel with the signatures that the viewer asks; the generator."""
    keras.utils.set_random_seed(0)
    spec = generator_spec("1s-S", 64, 0.1, 0.1, streams=tuple(LAMPS.streams))
    generator = UpConvGenerator(spec, LAMPS)
    for layers in generator.fc12:  # louder than at the start, so that all conditions show
        layers[0].kernel.assign(layers[0].kernel * 3.0)
    module = tf.Module()
    module.model_variables = [stack.raw_variable(v) for v in generator.variables]
    numbers = {
        "light": tf.TensorSpec([None], tf.float32, "light"),
        "pose": tf.TensorSpec([None, 3], tf.float32, "pose"),
    }
    one_hots = {c.name: c.size for c in LAMPS.of_kind("one-hot")}

    def png(**values):
        named = {name.removesuffix("_weights"): value for name, value in values.items()}
        pictures = drawing.draw_with_alpha(generator, named)
        encoded = tf.map_fn(tf.io.encode_png, pictures, fn_output_signature=tf.string)
        return {"png_bytes": encoded}

    styles = {name: tf.TensorSpec([None], tf.int64, name) for name in one_hots}
    weights = {
        f"{name}_weights": tf.TensorSpec([None, size], tf.float32, f"{name}_weights")
        for name, size in one_hots.items()
    }
    signatures = {
        name: tf.function(png, autograph=False).get_concrete_function(**inputs, **numbers)
        for name, inputs in (("png", styles), ("morph_png", weights))
    }
    tf.saved_model.save(module, str(path), signatures=signatures)
    facts = {"description": LAMPS.to_dict()}
    (path / "assets" / "model.json").write_text(json.dumps(facts), encoding="utf-8")
    return generator
