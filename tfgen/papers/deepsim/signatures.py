"""The signatures of autoencoders.

| signature       | inputs | outputs                                                  |
|-----------------|--------|----------------------------------------------------------|
| serving_default | image  | image                                                    |
| encode          | image  | code; of variational ones mean and log_variance          |
| decode, sample  | code   | image; `sample` is variational, its code drawn from a    |
|                 |        | standard normal distribution                             |

image: [b, s, s, 3] uint8 RGB; everything else float32.
"""

from tfgen.export.photographs import image_input, image_output, redrawing
from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature
from tfgen.pixels import from_uint8, to_uint8


def autoencoder_signatures(model):
    """Name -> Signature of a `autoencoder.Autoencoder`, in float32."""
    code = Input("code", model.code_shape)
    names = ("mean", "log_variance") if model.variational else ("code",)

    def encode(image):
        codes = model.encode(from_uint8(image))
        return dict(zip(names, codes if model.variational else (codes,), strict=True))

    def decode(code):
        return {"image": to_uint8(model.decode(code))}

    decoder = Signature((code,), decode, (image_output(model),))
    signatures = {
        DEFAULT_SIGNATURE: redrawing(model),
        "encode": Signature(
            (image_input(model),), encode, [Output(name, model.code_shape) for name in names]
        ),
        "decode": decoder,
    }
    return signatures | ({"sample": decoder} if model.variational else {})
