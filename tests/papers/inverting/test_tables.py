"""The networks of "Inverting Visual Representations" against the supplement's Tables 2 to 6."""

import pytest

from tfgen.errors import InputError
from tfgen.networks.layered import LayeredNetwork
from tfgen.papers.inverting.tables import inverter_spec

# Feature, its shape at the image size -> output size of each layer, as the tables have them.
TABLES = {
    ("hog", (32, 32, 31), 256): {
        **{"convA1": (16, 256), "convA2": (8, 512), "convA3": (4, 1024)},
        **{"upconvA1": (8, 512), "upconvA2": (16, 256), "upconvA3": (32, 128)},
        **{"convB1": (32, 128), "convB2": (32, 128), "streams": (32, 256)},
        **{"convJ1": (32, 256), "convJ2": (32, 128)},
        **{"upconvJ4": (64, 64), "upconvJ5": (128, 32), "upconvJ6": (256, 3)},
    },
    ("sift", (64, 64, 133), 256): {
        **{"conv1": (32, 256), "conv2": (16, 512), "conv3": (8, 1024)},
        **{"conv4": (4, 2048), "conv5": (4, 2048), "conv6": (4, 1024)},
        **{"upconv1": (8, 512), "upconv2": (16, 256), "upconv3": (32, 128)},
        **{"upconv4": (64, 64), "upconv5": (128, 32), "upconv6": (256, 3)},
    },
    ("lbp", (16, 16, 58), 256): {
        **{"convA1": (8, 256), "convA2": (4, 512), "convA3": (4, 1024)},
        **{"upconvA1": (8, 512), "upconvA2": (16, 256)},
        **{"convB1": (16, 128), "convB2": (16, 128), "streams": (16, 384)},
        **{"convJ1": (16, 256), "convJ2": (16, 128), "upconvJ3": (32, 128)},
        **{"upconvJ4": (64, 64), "upconvJ5": (128, 32), "upconvJ6": (256, 3)},
    },
    ("conv5", (6, 6, 256), 227): {
        **{"conv1": (6, 256), "conv2": (6, 256), "conv3": (6, 256)},
        **{"upconv1": (12, 256), "upconv2": (24, 128), "upconv3": (48, 64)},
        **{"upconv4": (96, 32), "upconv5": (192, 3)},
    },
    ("fc8", (1000,), 227): {
        **{"fc1": (4096,), "fc2": (4096,), "fc3": (4, 256)},
        **{"upconv1": (8, 256), "upconv2": (16, 128), "upconv3": (32, 64)},
        **{"upconv4": (64, 32), "upconv5": (128, 3)},
    },
}


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case[0])
def test_layers_have_the_sizes_of_the_tables(case):
    name, shape, image_size = case
    network = LayeredNetwork(inverter_spec(name, shape, image_size), shape)
    expected = {n: (s[0], s[0], s[1]) if len(s) == 2 else s for n, s in TABLES[case].items()}
    assert network.output_sizes == expected


def test_convolution_kernels_are_those_of_the_tables():
    rows = inverter_spec("hog", (32, 32, 31), 256).rows
    a, b = rows["streams"].streams
    assert [row.kernel for row in (*a.values(), *b.values())] == [5, 5, 3, 4, 4, 4, 5, 3]
    rows = inverter_spec("conv5", (6, 6, 256), 227).rows
    assert [row.kernel for row in rows.values()] == [3, 3, 3, 5, 5, 5, 5, 5]


@pytest.mark.parametrize(
    ("layer", "shape", "drawn"),
    [("conv1", (27, 27, 96), 216), ("conv3", (13, 13, 384), 208), ("mine", (8, 8, 5), 128)],
)
def test_other_maps_are_doubled_while_they_fit(layer, shape, drawn):
    spec = inverter_spec(layer, shape, 227)
    last = next(reversed(LayeredNetwork(spec.narrowed(0.1), shape).output_sizes.values()))
    assert last == (drawn, drawn, 3)


def test_sizes_that_cannot_be_drawn_are_refused():
    for arguments, message in {
        ("hog", (12, 12, 31), 96): "give a multiple of 64",
        ("mine", (64, 64, 3), 96): "less than twice",
        ("mine", (8, 4, 3), 96): "give square ones",
    }.items():
        with pytest.raises(InputError, match=message):
            inverter_spec(*arguments)
