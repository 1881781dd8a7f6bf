"""Hypothesis: no deadlines, because nothing here asserts on time; `ci` tries the same examples each time."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(".cache/hypothesis")

settings.register_profile(
    "dev",
    deadline=None,
    max_examples=30,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),  # without `explain`, which takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
