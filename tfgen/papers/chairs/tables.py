"""Generators of Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars" (Table 1).

Two facts about the paper decide this table. Its text says 5x5 filters, but the parameter counts of
Table 1 (27M, 27M, 18M, 23M, 19M) come out, in millions, with 4x4 kernels; the rows named as in
Table 1 therefore have 4x4 kernels, and each has a "-5x5" twin as the text says. And at 64 or 256
pixels there is "one less or one more" up-convolution; the width of the additional one is not told,
we halve the one before. At 32 pixels, which the paper does not have, there is one less again.
"""

import dataclasses

from tfgen.errors import InputError
from tfgen.networks.spec import Conv, UpConv
from tfgen.papers.chairs.spec import GeneratorSpec, Stream

IMAGE_SIZES = (32, 64, 128, 256)


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of Table 1: what sets an architecture apart from the others.

    Attributes:
      streams: 1, image and mask from one stream, or 2, one for each.
      mask: "linear" or "softmax".
      image_channels: of FC-5's map, then of uconv-1, uconv-2, … as far as the image size needs.
      mask_channels: the same for a mask stream of its own.
      kernel: of the up-convolutions.
      deep: whether a 3x3 convolution follows each up-convolution but the last.
      output_kernel: of the last up-convolutions, the outputs; 0: as the others.
      smooth: see `spec.GeneratorSpec`.
      parameters: of the expanding part at 128 pixels, in millions, as Table 1 prints it.
    """

    streams: int
    mask: str
    parameters: int
    image_channels: tuple = (256, 256, 92, 48, 24)
    mask_channels: tuple = (128, 92, 32, 32, 16)
    kernel: int = 4
    deep: bool = False
    output_kernel: int = 0
    smooth: bool = False


TABLE_1 = {
    "2s-E": Row(streams=2, mask="linear", parameters=27),
    "2s-S": Row(streams=2, mask="softmax", parameters=27),
    "1s-S": Row(streams=1, mask="softmax", parameters=18),
    "1s-S-wide": Row(
        streams=1, mask="softmax", parameters=23, image_channels=(320, 320, 120, 64, 32)
    ),
    "1s-S-deep": Row(streams=1, mask="softmax", parameters=19, deep=True),
}
GENERATORS = TABLE_1 | {
    f"{name}-5x5": dataclasses.replace(row, kernel=5) for name, row in TABLE_1.items()
}
# Not the paper's: for trainings of minutes, which leave a lattice in what the table's rows draw.
GENERATORS["1s-S-deep-smooth"] = dataclasses.replace(
    TABLE_1["1s-S-deep"], output_kernel=6, smooth=True
)

# Section 3.2: the weight of the mask's loss in equation (1).
LAMBDA_MASK = {"linear": 0.1, "softmax": 100.0, "sigmoid": 100.0}
MASK_CHANNELS = {"linear": 1, "softmax": 2, "sigmoid": 1}


def generator_spec(
    architecture,
    image_size,
    width=1.0,
    fc_width=1.0,
    mask=None,
    streams=("style", "viewpoint", "transform"),
):
    """The GeneratorSpec of a named architecture.

    Args:
      architecture: key of GENERATORS.
      image_size: 32, 64, 128 or 256.
      width: factor on the channels of FC-5 and of all (up-)convolutions but the outputs.
      fc_width: factor on the widths of FC-1 to FC-4.
      mask: "linear", "softmax" or "sigmoid" instead of the row's.
      streams: names of the inputs, each of which gets its own FC-1 and FC-2; the chairs' unless
        given.

    Raises:
      InputError: no such architecture or image size.
    """
    if architecture not in GENERATORS:
        raise InputError(
            f"`architecture`={architecture} is not known: choose one of {', '.join(GENERATORS)}."
        )
    if image_size not in IMAGE_SIZES:
        raise InputError(f"`image_size`={image_size} is not possible: choose 32, 64, 128 or 256.")
    row = GENERATORS[architecture]
    row = dataclasses.replace(row, mask=mask or row.mask)

    def scaled(channels, factor):
        # Multiples of eight are what matrix units like; the paper's own numbers stay as they are.
        return channels if factor == 1 else max(8, 8 * round(channels * factor / 8))

    def stream(channels, outputs):
        # 8 -> 16 -> … : the outputs are up-convolutions too, and double the size once more.
        uconvs = [scaled(c, width) for c in channels[1 : IMAGE_SIZES.index(image_size) + 2]]
        layers = []
        for c in uconvs:
            layers.append(UpConv(c, row.kernel))
            if row.deep:
                layers.append(Conv(c, 3))
        return Stream(
            fc5=(8, 8, scaled(channels[0], width)),
            layers=tuple(layers),
            outputs={n: UpConv(c, row.output_kernel or row.kernel) for n, c in outputs.items()},
        )

    outputs = {"image": 3, "mask": MASK_CHANNELS[row.mask]}
    if row.streams == 1:
        expanding = (stream(row.image_channels, outputs),)
    else:
        expanding = (
            stream(row.image_channels, {"image": outputs["image"]}),
            stream(row.mask_channels, {"mask": outputs["mask"]}),
        )
    fc = (scaled(512, fc_width),) * 2
    return GeneratorSpec(
        source=f"Dosovitskiy et al., Table 1, {architecture}",
        inputs=dict.fromkeys(streams, fc),
        trunk=(scaled(1024, fc_width),) * 2,
        streams=expanding,
        mask=row.mask,
        lambda_mask=LAMBDA_MASK[row.mask],
        smooth=row.smooth,
    )
