"""What holds for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A law is broken by an example, never by a machine that had other work in the meantime.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")
