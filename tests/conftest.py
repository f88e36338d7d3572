"""What all tests share: the Hypothesis profile."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples in every run and on every machine; `explore` draws new ones, and more of them.
settings.register_profile(
    "deterministic", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "deterministic"))
