"""The signatures of generators from features.

| signature       | inputs   | outputs  |
|-----------------|----------|----------|
| serving_default | image    | image    |
| features        | image    | features |
| invert          | features | image    |

Where features are not TensorFlow's doing there is `invert` alone, which is serving_default too.

image: [b, s, s, 3] uint8 RGB; features float32.
"""

from tfgen.export.photographs import image_input, image_output, redrawing
from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature
from tfgen.pixels import from_uint8, to_uint8


def inverter_signatures(model):
    """Name -> Signature of a `inverter.Inverter`, in float32."""

    def invert(features):
        return {"image": to_uint8(model.invert(features))}

    def extract(image):
        return {"features": model.extract(from_uint8(image))}

    features = Input("features", model.feature_shape)
    inverted = Signature((features,), invert, (image_output(model),))
    if not model.extracts_in_graph:
        return {DEFAULT_SIGNATURE: inverted, "invert": inverted}
    extracted = Signature(
        (image_input(model),), extract, (Output("features", model.feature_shape),)
    )
    return {DEFAULT_SIGNATURE: redrawing(model), "features": extracted, "invert": inverted}
