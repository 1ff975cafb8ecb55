"""The paper's learning rate."""

import pytest

from tfgen.training.schedules import HoldThenFall, HoldThenHalve


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 5e-4), (249_999, 5e-4), (250_000, 2.5e-4), (349_999, 2.5e-4), (350_000, 1.25e-4),
     (450_000, 6.25e-5), (499_999, 6.25e-5)],
)  # fmt: skip
def test_holds_then_halves_at_the_papers_steps(step, rate):
    assert float(HoldThenHalve(5e-4, 250_000, 100_000)(step)) == pytest.approx(rate, rel=1e-6)


def test_comes_back_from_its_configuration():
    schedule = HoldThenHalve(1e-3, 10, 5)
    again = HoldThenHalve.from_config(schedule.get_config())
    assert float(again(17)) == float(schedule(17))


@pytest.mark.parametrize(
    ("step", "rate"), [(0, 1e-3), (30, 1e-3), (65, 5e-4), (100, 0.0), (120, 0.0)]
)
def test_holds_then_falls_to_zero(step, rate):
    schedule = HoldThenFall(1e-3, 30, 100)
    assert float(schedule(step)) == pytest.approx(rate, rel=1e-6)
    assert float(HoldThenFall.from_config(schedule.get_config())(step)) == float(schedule(step))


def test_a_rate_held_to_the_end_does_not_fall():
    assert float(HoldThenFall(1e-3, 100, 100)(99)) == pytest.approx(1e-3)
