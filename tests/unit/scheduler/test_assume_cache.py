"""What is assumed of an object holds until a newer version is heard of, or until it is taken back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import ObjectMeta
from k8snb.scheduler.assume_cache import AssumeCache
from k8snb.scheduler.listers import key_of

STEPS = st.lists(st.tuples(st.sampled_from(["hear", "lose", "assume", "restore"]), st.sampled_from("ab")), max_size=30)


def _claim(name: str, version: int, volume: str = "") -> PersistentVolumeClaim:
    claim = PersistentVolumeClaim(metadata=ObjectMeta(name=name, resource_version=str(version)))
    return replace(claim, spec=replace(claim.spec, volume_name=volume))


@given(STEPS)
def test_the_cache_agrees_with_a_model(steps: list[tuple[str, str]]) -> None:
    heard_of: dict[str, PersistentVolumeClaim] = {}
    cache, assumed = AssumeCache(heard_of, key_of), dict[str, PersistentVolumeClaim]()
    for number, (step, name) in enumerate(steps):
        if step == "hear":
            heard_of[name] = _claim(name, number)
            assumed.pop(name, None)
        elif step == "lose":
            heard_of.pop(name, None)
            assumed.pop(name, None)
        elif name in heard_of and step == "assume":
            assumed[name] = _claim(name, int(heard_of[name].metadata.resource_version), f"v{number}")
            cache.assume(assumed[name])
        elif name in heard_of:
            assumed.pop(name, None)
            cache.restore(heard_of[name])
        expected = {**heard_of, **assumed}
        assert {name: cache.get(name) for name in "ab" if cache.get(name)} == expected
        assert {claim.metadata.name: claim for claim in cache.values()} == expected
