"""Random inputs: the same ones in every run of the suite; others, and many more of them, with

pytest tests/fuzz --hypothesis-profile=long
"""

from hypothesis import HealthCheck, settings

SUITE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("suite", SUITE, max_examples=200)
settings.register_profile("long", SUITE, max_examples=10_000, derandomize=False)
settings.load_profile("suite")
