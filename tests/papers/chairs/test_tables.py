"""The table of architectures against the paper's."""

import pytest

from tfgen.errors import InputError
from tfgen.networks.spec import Conv, UpConv
from tfgen.papers.chairs import tables

# Table 1 of the paper: millions of parameters in the expanding part, at 128 pixels.
PUBLISHED = {"2s-E": 27, "2s-S": 27, "1s-S": 18, "1s-S-wide": 23, "1s-S-deep": 19}


@pytest.mark.parametrize(("name", "millions"), PUBLISHED.items())
def test_expanding_part_has_the_published_number_of_parameters(name, millions):
    spec = tables.generator_spec(name, 128)
    assert round(spec.expanding_parameters / 1e6) == millions


def test_the_narrow_single_stream_has_the_parameters_counted_by_hand():
    # FC-5: 1025 * 16384; up-convolutions 4x4: 256*16*256+256, 256*16*92+92, 92*16*48+48, and
    # 48*16*(3+2)+5 for image and mask.
    by_hand = 1025 * 16384 + 1048832 + 376924 + 70704 + 3845
    assert tables.generator_spec("1s-S", 128).expanding_parameters == by_hand


@pytest.mark.parametrize("name", tables.GENERATORS)
@pytest.mark.parametrize("size", tables.IMAGE_SIZES)
def test_every_row_reaches_its_image_size_from_an_8_by_8_map(name, size):
    spec = tables.generator_spec(name, size)
    for stream in spec.streams:
        assert stream.fc5[:2] == (8, 8)
        assert stream.output_size == size
    assert spec.image_size == size


def test_deep_has_a_3x3_convolution_after_each_up_convolution_but_the_last():
    (stream,) = tables.generator_spec("1s-S-deep", 128).streams
    for up, conv in zip(stream.layers[::2], stream.layers[1::2], strict=True):
        assert isinstance(up, UpConv)
        assert conv == Conv(up.channels, 3)
    assert len(stream.layers) == 6


def test_the_texts_variant_has_5x5_kernels():
    spec = tables.generator_spec("2s-E-5x5", 128)
    assert {layer.kernel for stream in spec.streams for layer in stream.layers} == {5}


def test_the_smooth_variant_differs_in_its_outputs_and_its_start():
    spec, deep = (tables.generator_spec(n, 64) for n in ("1s-S-deep-smooth", "1s-S-deep"))
    assert spec.smooth
    assert not deep.smooth
    assert spec.streams[0].layers == deep.streams[0].layers
    assert {output.kernel for output in spec.streams[0].outputs.values()} == {6}


def test_mask_loss_weights_are_the_papers():
    assert tables.generator_spec("2s-E", 64).lambda_mask == 0.1
    assert tables.generator_spec("2s-S", 64).lambda_mask == 100


def test_width_scales_all_but_the_inputs_and_outputs():
    half = tables.generator_spec("1s-S", 128, width=0.5, fc_width=0.25)
    (stream,) = half.streams
    assert stream.fc5 == (8, 8, 128)
    assert [layer.channels for layer in stream.layers] == [128, 48, 24]
    assert {name: layer.channels for name, layer in stream.outputs.items()} == {
        "image": 3,
        "mask": 2,
    }
    assert half.inputs["style"] == (128, 128)
    assert half.trunk == (256, 256)


def test_an_unknown_architecture_is_refused_by_name():
    with pytest.raises(InputError, match=r"architecture=3s-X is not known.*1s-S-deep"):
        tables.generator_spec("3s-X", 128)


def test_an_impossible_image_size_is_refused():
    with pytest.raises(InputError, match=r"image_size=100 .*32, 64, 128 or 256"):
        tables.generator_spec("1s-S", 100)
