"""Expectations: creations by number, deletions by key, and their end."""

from k8snb.machinery.expectations import Expectations, EXPECTATIONS_TIMEOUT_MS


def test_creations_are_counted_down() -> None:
    expectations = Expectations()
    assert expectations.satisfied("web", 0)
    expectations.expect_creations("web", 2, 0)
    assert not expectations.satisfied("web", 1)
    expectations.creation_observed("web")
    assert not expectations.satisfied("web", 1)
    expectations.creation_observed("web")
    assert expectations.satisfied("web", 1)


def test_a_deletion_is_observed_once() -> None:
    expectations = Expectations()
    expectations.expect_deletions("web", ["a", "b"], 0)
    expectations.deletion_observed("web", "a")
    expectations.deletion_observed("web", "a")
    assert not expectations.satisfied("web", 1)
    expectations.deletion_observed("web", "b")
    assert expectations.satisfied("web", 1)


def test_expectations_end_after_their_time_or_with_their_object() -> None:
    expectations = Expectations()
    expectations.expect_creations("web", 1, 0)
    assert not expectations.satisfied("web", EXPECTATIONS_TIMEOUT_MS)
    assert expectations.satisfied("web", EXPECTATIONS_TIMEOUT_MS + 1)
    expectations.forget("web")
    assert expectations.satisfied("web", 1)
