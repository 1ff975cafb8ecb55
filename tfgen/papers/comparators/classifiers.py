"""Classifiers of photographs as tables: GoogLeNet, SqueezeNet, VGG16, EfficientNet-Lite0.

Rows are named as in the published files, "/" written "_"; maps are those after the ReLU. Numbers of
channels are those of the papers' tables.
"""

from tfgen.networks.spec import (
    AveragePool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    LocalResponseNorm,
    MaxPool,
    NetworkSpec,
    Residual,
    Softmax,
    Streams,
)

_POOL = MaxPool(3, 2, ceil=True)
# Szegedy et al., "Going deeper with convolutions", Table 1: #1x1, #3x3 reduce, #3x3, #5x5 reduce,
# #5x5, pool proj.
_INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def _inception(name):
    one, reduce3, three, reduce5, five, projected = _INCEPTION[name]
    prefix = f"inception_{name}"
    return Streams(
        {f"{prefix}_1x1": Conv(one, 1)},
        {f"{prefix}_3x3_reduce": Conv(reduce3, 1), f"{prefix}_3x3": Conv(three, 3)},
        {f"{prefix}_5x5_reduce": Conv(reduce5, 1), f"{prefix}_5x5": Conv(five, 5)},
        {f"{prefix}_pool": MaxPool(3, 1, padding=1), f"{prefix}_pool_proj": Conv(projected, 1)},
    )


def googlenet():
    """The NetworkSpec of GoogLeNet as Caffe's model zoo has it, without its side branches."""
    rows = {
        "conv1_7x7_s2": Conv(64, 7, stride=2, padding=3),
        "pool1_3x3_s2": (_POOL, LocalResponseNorm()),
        "conv2_3x3_reduce": Conv(64, 1),
        "conv2_3x3": (Conv(192, 3), LocalResponseNorm()),
        "pool2_3x3_s2": _POOL,
    }
    for name in _INCEPTION:
        if name in ("4a", "5a"):
            rows[f"pool{int(name[0]) - 1}_3x3_s2"] = _POOL
        rows[f"inception_{name}"] = _inception(name)
    rows |= {
        "pool5": (AveragePool(), Dropout(0.4)),
        "loss3_classifier": Dense(1000, activation="none"),
        "softmax": Softmax(),
    }
    return NetworkSpec("Szegedy et al., 2014, Table 1; Caffe's bvlc_googlenet", rows)


# Iandola et al., "SqueezeNet", Table 1: s1x1, and e1x1 = e3x3.
_FIRE = {
    **{2: (16, 64), 3: (16, 64), 4: (32, 128), 5: (32, 128)},
    **{6: (48, 192), 7: (48, 192), 8: (64, 256), 9: (64, 256)},
}


def squeezenet(version):
    """The NetworkSpec of SqueezeNet "1.0" or "1.1", which pools earlier."""
    first = Conv(96, 7, stride=2, padding="valid")
    pooled, last = (4, 8), Conv(1000, 1, padding=1)
    if version == "1.1":
        first = Conv(64, 3, stride=2, padding="valid")
        pooled, last = (3, 5), Conv(1000, 1)
    rows = {"conv1": first, "pool1": _POOL}
    for number, (squeezed, expanded) in _FIRE.items():
        name = f"fire{number}"
        rows[f"{name}_squeeze1x1"] = Conv(squeezed, 1)
        rows[name] = Streams(
            {f"{name}_expand1x1": Conv(expanded, 1)}, {f"{name}_expand3x3": Conv(expanded, 3)}
        )
        if number in pooled:
            rows[f"pool{number}"] = _POOL
    rows |= {"conv10": (last, AveragePool()), "softmax": Softmax()}
    return NetworkSpec(f"Iandola et al., 2016, SqueezeNet {version}", rows)


def vgg16():
    """The NetworkSpec of VGG16 (Simonyan and Zisserman, 2015, Table 1, D)."""
    rows = {}
    for block, (channels, count) in enumerate(
        ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1
    ):
        for number in range(1, count + 1):
            rows[f"conv{block}_{number}"] = Conv(channels, 3)
        rows[f"pool{block}"] = MaxPool(2, 2)
    for name in ("fc6", "fc7"):
        rows[name] = (Dense(4096), Dropout(0.5))
    rows |= {"fc8": Dense(1000, activation="none"), "softmax": Softmax()}
    return NetworkSpec("Simonyan and Zisserman, 2015, Table 1, D", rows)


# Liu, EfficientNet-Lite, 2020: repeats, kernel, stride, expansion, channels of each stage of B0.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def efficientnet_lite0():
    """The NetworkSpec of EfficientNet-Lite0: Tan and Le's B0 with ReLU6, no squeeze-excitation."""
    rows, before, number = {"conv_stem": _mobile(32, 3, 2)}, 32, 0
    for repeats, kernel, stride, expansion, channels in _STAGES:
        for repeat in range(repeats):
            stride, name, wide = 1 if repeat else stride, f"blocks_{number}", before * expansion
            inside = {f"{name}_expand_conv": _mobile(wide, 1)} if expansion > 1 else {}
            inside[f"{name}_depthwise_conv"] = _mobile(wide, kernel, stride, groups=wide)
            inside[f"{name}_project_conv"] = _mobile(channels, 1, activation="none")
            if stride == 1 and before == channels:
                rows[name] = Residual(inside, activation="none")
            else:
                rows |= inside
            before, number = channels, number + 1
    rows |= {
        "conv_head": (_mobile(1280, 1), AveragePool(), Dropout(0.2)),
        "fc": Dense(1000, activation="none"),
        "softmax": Softmax(),
    }
    return NetworkSpec("Tan and Le, 2019, Table 1; EfficientNet-Lite0", rows)


def _mobile(channels, kernel, stride=1, activation="relu6", groups=1):
    norm = BatchNorm(epsilon=1e-3)
    return Conv(
        channels, kernel, stride, groups=groups, activation=activation, norm=norm, bias=False
    )
