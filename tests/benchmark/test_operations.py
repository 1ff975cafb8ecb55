"""Multiplications, counted by hand."""

import pytest

from tfgen.benchmark.cases import INPUT_SIZES
from tfgen.benchmark.operations import generator_products, measured_peak, network_products
from tfgen.networks import spec as rows
from tfgen.papers.chairs.tables import generator_spec


def test_networks_are_counted_row_by_row():
    spec = rows.NetworkSpec(
        "a test",
        {
            "conv": rows.Conv(4, 3, stride=2),  # 4 x 4 places of 3 x 3 x 2 inputs
            "fc": (rows.Dense(8), rows.Reshape((2, 2, 2))),
            "uconv": rows.UpConv(3, 4),
        },
    )
    conv, fc, uconv = 16 * 9 * 2 * 4, 64 * 8, 4 * 16 * 2 * 3
    assert network_products(spec, (8, 8, 2)) == (conv + fc + uconv, (4, 4, 3))


def test_padding_and_groups_count():
    spec = rows.NetworkSpec("a test", {"conv": rows.Conv(4, 3, groups=2, padding="valid")})
    assert network_products(spec, (8, 8, 2)) == (36 * 9 * 1 * 4, (6, 6, 4))


def test_transposed_convolutions_count_their_inputs():
    table = {
        "first": rows.TransposedConv(4, 4, 1, "valid"),
        "up": (rows.UpSample(2), rows.Conv(2, 3, padding=((0, 1), (1, 1)), norm=rows.BatchNorm())),
    }
    first, conv = 5 * 16 * 4, 7 * 8 * 9 * 4 * 2
    spec = rows.NetworkSpec("a test", table)
    assert network_products(spec, (1, 1, 5)) == (first + conv, (7, 8, 2))


def test_rows_without_a_count_are_refused():
    with pytest.raises(ValueError, match="not known"):
        network_products(rows.NetworkSpec("a test", {"norm": rows.LocalResponseNorm()}), (8, 8, 2))


def test_generators_are_mostly_up_convolutions():
    spec = generator_spec("1s-S", 64, 1.0, 1.0, None)
    lengths = {"style": 10} | INPUT_SIZES
    fully_connected = 10 * 512 + 4 * 512 + 8 * 512 + 3 * 512**2  # FC-1 and FC-2 of three inputs
    fully_connected += 1536 * 1024 + 1024**2  # FC-3, FC-4
    (stream,) = spec.streams
    height, width, channels = stream.fc5
    expected = fully_connected + 1024 * height * width * channels
    for row in (*stream.layers, rows.UpConv(5, 4)):  # three colours, two of the mask
        expected += height * width * 16 * channels * row.channels
        height, width, channels = 2 * height, 2 * width, row.channels
    assert generator_products(spec, lengths) == expected


def test_the_peak_is_a_plausible_number():
    assert 1e8 < measured_peak("float32", seconds=0.1) < 1e15
