"""The claim controller's own view of volumes finds those that a claim may have, as a look at all would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference, PersistentVolume, PersistentVolumeSpec
from k8snb.controllers.persistentvolume.cache import VolumeCache

NAMES, CLAIMS = st.sampled_from(["v1", "v2", "v3"]), st.sampled_from(["", "a", "b"])
STEPS = st.lists(st.tuples(NAMES, st.one_of(st.none(), st.tuples(CLAIMS, st.integers(1, 9)))), max_size=30)


def _volume(name: str, claim: str, version: int) -> PersistentVolume:
    reference = ObjectReference(namespace="ns", name=claim) if claim else None
    meta = ObjectMeta(name=name, resource_version=str(version))
    return PersistentVolume(metadata=meta, spec=PersistentVolumeSpec(claim_ref=reference))


@given(STEPS)
def test_the_cache_agrees_with_a_look_at_all_volumes(steps: list[tuple[str, tuple[str, int] | None]]) -> None:
    cache, model = VolumeCache(), dict[str, tuple[str, int]]()
    for name, version in steps:
        if version is None:
            gone = cache.forget(name)
            assert (gone is None) == (model.pop(name, None) is None)
        else:
            is_newer = name not in model or model[name][1] <= version[1]
            assert cache.store(_volume(name, *version)) == is_newer
            model[name] = version if is_newer else model[name]
        for claim in ("a", "b"):
            offered = sorted(volume.metadata.name for volume in cache.offered_to(f"ns/{claim}"))
            assert offered == sorted(name for name, (named, _) in model.items() if named in ("", claim))
