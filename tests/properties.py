"""How Hypothesis looks for counterexamples. No deadlines, because nothing here asserts on time.

`ci` tries the same examples each time. For many more of them: `make test ARGS=--hypothesis-profile=thorough`.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir


def load() -> None:
    """Before a test is collected: a property takes the profile that is current when it is defined."""
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
    settings.register_profile("thorough", settings.get_profile("dev"), max_examples=1000)
    settings.load_profile("ci" if os.environ.get("CI") else "dev")
