"""Grids, drawings, animations, maps and charts: what they show and where."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.descriptions import LAMPS
from tfgen.conditions.description import Condition, Description
from tfgen.conditions.turntable import numbered_turntable, turntable_description
from tfgen.errors import InputError
from tfgen.pictures import draw_values, drawings
from tfgen.pictures.animation import write_gif
from tfgen.pictures.curves import line_chart
from tfgen.pictures.image_grid import image_grid, write_png
from tfgen.pictures.polar_map import polar_map

CHAIRS = turntable_description(["a", "b", "c"], azimuths=range(0, 360, 30), elevations=[20])
VIEW = {"azimuth": 30, "elevation": 20}


class FakeDraw:
    """Paints each view with one colour that tells its style, and remembers what it was told."""

    def __init__(self, style="style"):
        self.calls = []
        self._style = style

    def __call__(self, values):
        self.calls.append(values)
        (n,) = {len(value) for value in values.values()}
        color = np.rint(values[self._style][:, :3] * 250).astype(np.uint8)
        images = np.tile(color[:, None, None], (1, 8, 8, 1))
        return images, np.full((n, 8, 8, 1), 255, np.uint8)


def test_vectors_are_told_by_the_names_of_their_numbers():
    value = drawings.vector(CHAIRS["transform"], rotation=0.2, hue=1.0)
    np.testing.assert_allclose(value, [0, 0, 0.2, 0, 0, 0, 0, 1])
    with pytest.raises(KeyError, match="sheer"):
        drawings.vector(CHAIRS["transform"], sheer=1.0)


def test_the_only_number_of_a_vector_needs_no_name():
    size = Condition("size", "vector", 1, names=("size",), ranges=((0.5, 1.0),))
    box = Description((size,), {"size": ("size",)})
    for text in ("size=0.7", "size=size=0.7"):
        asked = SimpleNamespace(styles=[], azimuth=None, elevation=None, transform=[], set=[text])
        values, _ = draw_values.values_of(box, asked)
        np.testing.assert_allclose(values["size"], [0.7])
        assert draw_values.told(box, values) == "size 0.7"
    assert draw_values.told(box, {"size": drawings.vector(size)}) == ""


def test_a_style_without_names_is_asked_for_by_number():
    asked = SimpleNamespace(styles=["x"], azimuth=None, elevation=None, transform=[], set=[])
    with pytest.raises(InputError, match=r"=x does not exist: give 0 to 2\.$"):
        draw_values.values_of(numbered_turntable(3), asked)


def test_cells_of_a_grid_stand_in_rows_and_columns():
    colors = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    cells = [np.full((100, 100, 3), c, np.uint8) for c in colors]
    picture = image_grid([cells[:2], cells[2:]])
    height, width = picture.shape[:2]
    for i, color in enumerate(colors):
        y, x = (i // 2) * height // 2 + height // 4, (i % 2) * width // 2 + width // 4
        np.testing.assert_array_equal(picture[y, x], color)


def test_small_images_are_enlarged_by_whole_pixels_and_gaps_stay_white():
    image = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
    picture = image_grid([[image, None]])
    assert picture.shape[1] >= 2 * 96
    part = picture[10:90, 10:90]
    assert set(np.unique(part)) <= set(range(64))
    assert (picture[20:80, 130:180] == 255).all()


def test_labels_are_written_beside_the_cells():
    image = np.full((96, 96, 3), 200, np.uint8)
    plain = image_grid([[image]])
    labelled = image_grid([[image]], ["row"], ["column"], "title")
    assert labelled.shape[0] > plain.shape[0]
    assert labelled.shape[1] > plain.shape[1]
    assert (labelled < 100).any()


def test_a_turn_goes_once_around():
    draw = FakeDraw()
    drawings.turn_frames(draw, CHAIRS, {"style": 1, "elevation": 25.0}, 4)
    np.testing.assert_array_equal(draw.calls[0]["azimuth"], [0, 90, 180, 270])
    np.testing.assert_array_equal(draw.calls[0]["elevation"], [25] * 4)
    np.testing.assert_array_equal(draw.calls[0]["style"], [[0, 1, 0]] * 4)
    np.testing.assert_array_equal(draw.calls[0]["transform"], np.zeros((4, 8)))


def test_a_morph_is_a_straight_path_between_its_ends():
    draw = FakeDraw()
    drawings.morph_frames(draw, CHAIRS, np.array([1, 0, 0]), np.array([0, 0, 1]), 5, VIEW)
    weights = draw.calls[0]["style"]
    np.testing.assert_allclose(weights[:, 0], [1, 0.75, 0.5, 0.25, 0])
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_the_chairs_sweeps_are_the_rows_of_figure_7_with_the_identity_in_the_middle():
    titles = list(drawings.sweeps(CHAIRS))
    assert titles == [
        *("translate x", "translate y", "rotation", "zoom", "stretch x", "stretch y"),
        *("saturation", "brightness", "hue"),
    ]
    for title in titles:
        draw = FakeDraw()
        drawings.sweep_frames(draw, CHAIRS, title, 5, VIEW | {"style": 0})
        transforms = draw.calls[0]["transform"]
        np.testing.assert_array_equal(transforms[2], np.zeros(8))
        np.testing.assert_array_equal(transforms[0], -transforms[4])
        assert np.abs(transforms[4]).max() > 0
    stretch = drawings.sweeps(CHAIRS)["stretch y"][2]
    np.testing.assert_allclose(stretch, [0, 0, 0, -0.1, 0.1, 0, 0, 0])


def test_other_vectors_are_swept_number_by_number_over_their_ranges():
    sweeps = drawings.sweeps(LAMPS)
    assert {title: name for title, (name, *_) in sweeps.items()} == {
        "lean": "pose",
        "bend": "pose",
    }  # the third number was not trained on
    np.testing.assert_allclose(sweeps["bend"][1:], [[0, 0, 0], [0, 2, 0]])
    draw = FakeDraw("shape")
    drawings.sweep_frames(draw, LAMPS, "lean", 3, {"shape": 1, "colour": 1})
    np.testing.assert_allclose(draw.calls[0]["pose"], [[-1, 0, 0], [0, 0, 0], [1, 0, 0]])
    np.testing.assert_array_equal(draw.calls[0]["colour"], [[0, 1]] * 3)
    np.testing.assert_array_equal(draw.calls[0]["light"], [30] * 3)  # between -30 and 60: as usual


def test_a_grid_has_a_row_a_style_and_a_column_a_change():
    draw = FakeDraw("shape")
    columns = [("red", {"colour": 0}), ("blue", {"colour": 1})]
    drawings.grid_picture(draw, LAMPS, [2, 0], columns, {"light": 45.0})
    assert len(draw.calls) == 2
    np.testing.assert_array_equal(draw.calls[0]["shape"], [[0, 0, 1]] * 2)
    np.testing.assert_array_equal(draw.calls[1]["colour"], np.eye(2))


def test_a_triangle_has_pure_corners_and_weights_that_sum_to_one():
    draw = FakeDraw()
    picture = drawings.triangle_picture(draw, CHAIRS, [0, 1, 2], 4, VIEW)
    weights = np.concatenate([call["style"] for call in draw.calls])
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)
    assert len(weights) == 10
    for corner in np.eye(3):
        assert (np.abs(weights - corner).max(axis=1) < 1e-6).any()
    assert picture.shape[0] > 4 * 96


def test_comparison_shows_targets_drawings_and_errors():
    target = np.full((2, 96, 96, 3), 100, np.uint8)
    drawn = np.full((2, 96, 96, 3), 120, np.uint8)
    masks = np.full((2, 96, 96, 1), 255, np.uint8)
    picture = drawings.comparison_picture(target, masks, drawn, masks, ["x", "y"], "t")
    assert {60, 100, 120, 255} <= set(np.unique(picture))  # 60: the error, three times enlarged


def test_png_keeps_colours_and_alpha(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (5, 4, 4)).astype(np.uint8)
    write_png(tmp_path / "deep" / "x.png", picture)
    read = cv2.imread(str(tmp_path / "deep" / "x.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read[..., [2, 1, 0, 3]], picture)
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["x.png"]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_png(tmp_path / "file" / "x.png", np.zeros((4, 4, 3), np.uint8))


def test_a_gif_has_all_frames_a_white_background_and_loops(tmp_path):
    frames = np.full((6, 32, 32, 3), 255, np.uint8)
    for i in range(6):
        frames[i, 8:16, 4 * i : 4 * i + 8] = (200, 30, 10 * i)
        frames[i, 30] = (253, 254, 255)  # nearly white
    write_gif(tmp_path / "x.gif", frames)
    with Image.open(tmp_path / "x.gif") as gif:
        assert gif.n_frames == 6
        assert gif.info["loop"] == 0
        for i in range(6):
            gif.seek(i)
            shown = np.asarray(gif.convert("RGB"))
            small = shown[:: shown.shape[0] // 32, :: shown.shape[1] // 32]
            assert (small[0, 0] == 255).all()
            assert (shown == 255).all(axis=-1).mean() > 0.9
            assert np.abs(small.astype(int) - frames[i]).max() < 24


def test_a_polar_map_has_the_front_below_and_azimuth_90_on_the_right():
    errors = np.array([[0.0, 1.0, 0.0, np.nan]])
    picture = polar_map(errors, [0, 90, 180, 270], [20], held_out=[90])
    centre, reach = 240, 150
    right = picture[centre + 10, centre + reach]
    below = picture[centre + 10 + reach, centre]
    left = picture[centre + 10, centre - reach]
    np.testing.assert_array_equal(left, (225, 225, 225))  # not scored
    assert right[0] > 200  # viridis' yellow, the highest
    assert right[2] < 100
    assert below[2] > below[1]  # its violet, the lowest
    assert ((picture == (220, 60, 40)).all(axis=-1)).any()  # the mark of the held-out azimuth


def test_a_chart_draws_rising_values_rising():
    x = np.arange(10)
    picture = line_chart({"up": (x, x**2)}, "t")
    blue = (np.abs(picture.astype(int) - (31, 119, 180)).sum(axis=-1) < 30)[50:]
    rows, columns = np.nonzero(blue)
    assert rows[columns.argmin()] > rows[columns.argmax()]


def test_charts_of_nothing_and_of_one_value_are_drawn():
    assert line_chart({"none": ([], [])}, "t").shape == (300, 480, 3)
    assert line_chart({"one": ([5], [2.0]), "nan": ([5], [np.nan])}, "t").std() > 0
