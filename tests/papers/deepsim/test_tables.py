"""Tables of DeePSiM: shapes and sizes as the paper prints them."""

import pytest

from tfgen.errors import InputError
from tfgen.networks.layered import LayeredNetwork
from tfgen.networks.spec import UpConv
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.papers.deepsim import tables


def sides(network):
    return [shape[0] for shape in network.output_sizes.values()]


def test_the_autoencoder_has_the_sizes_of_table_2():
    encoder = LayeredNetwork(tables.ENCODER, (64, 64, 3))
    assert sides(encoder) == [32, 32, 16, 16, 8, 8, 8, 8]
    decoder = LayeredNetwork(tables.DECODER, encoder.output_sizes["code"])
    assert encoder.output_sizes["code"] == (8, 8, 8)
    assert sides(decoder) == [8, 8, 16, 16, 32, 32, 64, 64]
    assert decoder.output_sizes["image"] == (64, 64, 3)


def test_the_discriminator_has_the_sizes_of_table_1():
    spec = tables.discriminator_spec(64)
    convolutions = LayeredNetwork(spec.convolutions, (64, 64, 3))
    assert sides(convolutions) == [29, 25, 12, 10, 4, 256]
    assert LayeredNetwork(spec.judgement, (256,)).output_sizes["fc2"] == (2,)
    # Large images: a stride of 4 first.
    large = LayeredNetwork(tables.discriminator_spec(227).convolutions, (227, 227, 3))
    assert sides(large)[:5] == [56, 52, 25, 23, 11]


def test_the_inverter_of_fc6_is_table_5():
    generator = LayeredNetwork(tables.inverter_spec("fc6"), (4096,))
    assert generator.output_sizes["image"] == (256, 256, 3)
    # The authors' released file holds 56.1M numbers.
    assert round(generator.count_params() / 1e6, 1) == 56.1
    from_map = LayeredNetwork(tables.inverter_spec("conv5"), (6, 6, 256))
    assert from_map.output_sizes["conv8"] == (4, 4, 512)
    assert from_map.output_sizes["image"] == (256, 256, 3)


@pytest.mark.parametrize(("size", "drawn"), [(64, 64), (96, 128), (128, 128), (200, 256)])
def test_smaller_images_have_fewer_up_convolutions(size, drawn):
    rows = tables.inverter_spec("fc6", size).rows.values()
    doublings = sum(isinstance(row, UpConv) for row in rows)
    assert 4 * 2**doublings == drawn


@pytest.mark.parametrize(
    ("name", "parameters"),
    # As Caffe's and PyTorch's published weights have them.
    [("alexnet", 60_965_224), ("caffenet", 60_965_224), ("alexnet_owt", 61_100_840)],
)
def test_alexnets_have_as_many_parameters_as_published(name, parameters):
    spec = COMPARATORS[name]
    network = LayeredNetwork(spec.network, (spec.image_size, spec.image_size, 3))
    assert sum(w.numpy().size for w in network.trainable_weights) == parameters
    assert network.output_sizes["conv5"] == (6, 6, 256)
    assert network.output_sizes["softmax"] == (1000,)


@pytest.mark.parametrize(
    ("size", "sides"), [(227, (27, 13, 6)), (64, (7, 3, 1)), (96, (11, 5, 2)), (128, (15, 7, 3))]
)
def test_alexnets_maps_are_as_large_as_caffes(size, sides):
    network = LayeredNetwork(COMPARATORS["caffenet"].network.until("conv5"), (size, size, 3))
    found = tuple(network.output_sizes[name][0] for name in ("conv1", "conv2", "conv5"))
    assert found == sides


@pytest.mark.parametrize(
    ("name", "parameters", "maps"),
    # Parameters as the published files have them, maps as the papers' tables.
    [
        ("googlenet", 6_998_552, {"conv2_3x3": 56, "inception_3b": 28, "inception_5b": 7}),
        ("squeezenet", 1_235_496, {"conv1": 113, "fire3": 56, "fire9": 14}),
        ("squeezenet_1.0", 1_248_424, {"conv1": 111, "fire3": 55, "fire9": 13}),
        ("vgg16", 138_357_544, {"conv3_1": 56, "pool5": 7}),
        ("efficientnet-lite0", 4_652_008, {"blocks_2": 56, "blocks_14": 7}),
    ],
)
def test_classifiers_have_as_many_parameters_as_published(name, parameters, maps):
    spec = COMPARATORS[name]
    network = LayeredNetwork(spec.network, (spec.image_size, spec.image_size, 3))
    assert sum(w.numpy().size for w in network.trainable_weights) == parameters
    assert {each: network.output_sizes[each][0] for each in maps} == maps


def test_narrowed_networks_keep_what_has_a_meaning():
    spec = tables.autoencoder_spec("table2").narrowed(0.25)
    assert spec.encoder.rows["code"].channels == 8
    assert spec.encoder.rows["conv6"].channels == 32
    assert spec.decoder.rows["image"].channels == 3
    narrow = LayeredNetwork(tables.inverter_spec("fc6", 64).narrowed(0.125), (40,))
    assert narrow.output_sizes["fc5"] == (4, 4, 32)
    comparator = COMPARATORS["exemplar_cnn"].narrowed(0.5, classes=7)
    assert comparator.network.rows["fc5"].units == 7


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="no autoencoder: choose one of table2"):
        tables.autoencoder_spec("1s-S")
    with pytest.raises(InputError, match="has no generator: choose among conv5"):
        tables.inverter_spec("conv1")
    with pytest.raises(InputError, match="image_size=300 is too large"):
        tables.inverter_spec("fc6", 300)
