"""What is held out."""

import numpy as np
import pytest

from tfgen.conditions.description import Condition
from tfgen.config.data import HoldoutConfig
from tfgen.data.drawings.holdout import make_holdout, target_styles
from tfgen.errors import InputError

AZIMUTHS = np.arange(31) * 360 / 31


def conditions(styles):
    return (
        Condition("style", "one-hot", styles),
        Condition("azimuth", "angle", values=AZIMUTHS),
        Condition("elevation", "angle", values=(20.0, 30.0)),
    )


def held_out_of(styles, category="", **settings):
    return make_holdout(HoldoutConfig(**settings), conditions(styles), category)


def test_nothing_is_held_out_unless_asked_for():
    held = held_out_of(4)
    assert not held.table.any()
    assert held.describe() == "none held out"


def test_held_out_azimuths_are_spread_and_the_same_for_all_styles():
    held = held_out_of(5, holdout_azimuths=4)
    assert len(held.held_out_values("azimuth")) == 4
    azimuths = held.held_out_values("azimuth")
    gaps = np.diff([*azimuths, azimuths[0] + 360])
    assert gaps.min() > 80
    assert (held.table == held.table[:1]).all()


def test_a_share_of_views_is_held_out_of_each_style_at_random():
    held = held_out_of(20, holdout_views=0.25)
    assert (held.table.sum(axis=(1, 2)) == round(0.25 * 62)).all()
    assert not (held.table == held.table[:1]).all()


def test_held_out_styles_train_on_so_many_views():
    config = HoldoutConfig(holdout_styles=0.1, holdout_style_views=4)
    held = make_holdout(config, conditions(20))
    trained = (~held.table).sum(axis=(1, 2))
    assert sorted(trained)[:3] == [4, 4, 62]


def test_the_views_left_to_a_style_are_spread_over_the_turn():
    for count in (1, 2, 4, 8, 15, 40):
        config = HoldoutConfig(holdout_styles=1.0, holdout_style_views=count)
        kept = ~make_holdout(config, conditions(10)).table
        assert (kept.sum(axis=(1, 2)) == count).all()
        places = [np.flatnonzero(style.any(axis=1)) for style in kept]
        if 1 < count <= 15:
            gaps = [np.diff([*p, p[0] + 31]) for p in places]
            assert max(g.max() for g in gaps) <= 31 / count + 1
            assert len({tuple(p) for p in places}) > 1


def test_with_and_without_transfer_the_targets_see_the_same_views():
    few, all_ = (HoldoutConfig(holdout_styles=share, holdout_style_views=4) for share in (0.1, 1.0))
    targets = target_styles(few, 20)
    assert len(targets) == 2
    a, b = (make_holdout(c, conditions(20)).table for c in (few, all_))
    np.testing.assert_array_equal(a[targets], b[targets])
    assert not np.delete(a, targets, axis=0).any()


def test_each_category_keeps_its_elevations():
    config = HoldoutConfig(keep_elevations="chairs:20,tables:20:30")
    chairs = make_holdout(config, conditions(3), "chairs").table
    assert chairs[:, :, 1].all()
    assert not chairs[:, :, 0].any()
    assert not make_holdout(config, conditions(3), "tables").table.any()
    assert not make_holdout(config, conditions(3), "cars").table.any()


def test_views_are_found_by_their_angles_across_the_seam():
    held = held_out_of(3, holdout_azimuths=4)
    azimuth = held.held_out_values("azimuth")[1]
    views = {
        "style": [2, 2],
        "azimuth": [azimuth + 0.001, azimuth + 360 / 31],
        "elevation": [20.0, 30.001],
    }
    assert held.holds_out(views).tolist() == [True, False]
    assert held.places({"style": [0], "azimuth": [359.9], "elevation": [19.0]})[1] == 0


def test_other_conditions_are_held_out_too():
    faces = (
        Condition("identity", "one-hot", 6),
        Condition("emotion", "one-hot", 3),
        Condition("light", "angle", values=(0.0, 90.0)),
        Condition("pose", "vector", 3),
    )
    held = make_holdout(HoldoutConfig(holdout_views=0.5), faces)
    assert held.table.shape == (6, 3, 2)
    assert (held.table.sum(axis=(1, 2)) == 3).all()
    columns = {"identity": [4, 4], "emotion": [0, 2], "light": [1.0, 89.0]}
    expected = [held.table[4, 0, 0], held.table[4, 2, 1]]
    assert held.holds_out(columns).tolist() == expected
    with pytest.raises(InputError, match="the data set has no azimuth, it has identity, emotion"):
        make_holdout(HoldoutConfig(holdout_azimuths=1), faces)


def test_the_choice_does_not_change():
    config = HoldoutConfig(holdout_views=0.3)
    a, b = (make_holdout(config, conditions(6)).table for _ in range(2))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"holdout_azimuths": 31}, "holdout_azimuths=31 leaves none of the 31"),
        ({"holdout_styles": 0.5, "holdout_style_views": 62}, "holdout_style_views=62 is all"),
        ({"keep_elevations": "chairs:50"}, "leave some styles without a view"),
        ({"keep_elevations": "chairs"}, "keep_elevations=chairs is not understood"),
        ({"keep_elevations": "chairs:low"}, "keep_elevations=chairs:low is not understood"),
    ],
)
def test_holding_out_everything_is_refused(settings, message):
    with pytest.raises(InputError, match=message):
        held_out_of(4, "chairs", **settings)
