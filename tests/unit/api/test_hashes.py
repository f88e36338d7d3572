"""The hashes in names: known ones, and what they are made from."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.go_dump import dump_for_hash
from k8snb.api.hashes import compute_hash, hash_revision, safe_encode
from k8snb.api.types.apps import Deployment
from k8snb.api.types.containers import HTTPGetAction, Probe, ResourceRequirements
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.api.types.volumes import ConfigMapVolumeSource, EmptyDirVolumeSource, RBDVolumeSource, Volume

# Fields that came with Kubernetes 1.36 and 1.34, and change the hash of a template that does not even use them.
SINCE_36 = (" SchedulingGroup:(*v1.PodSchedulingGroup)<nil>",)
SINCE_34 = (" HostnameOverride:(*string)<nil>", " RestartPolicyRules:([]v1.ContainerRestartRule)<nil>")
PORT = {"ports": [{"containerPort": 80}]}
CPU = {"resources": {"limits": {"cpu": "500m"}, "requests": {"cpu": "200m"}}}


def template(image: str, label: tuple[str, str], **container: Any) -> PodTemplateSpec:
    pod = {
        "metadata": {"labels": dict([label])},
        "spec": {"containers": [{"name": label[1], "image": image, **container}]},
    }
    spec = {"selector": {"matchLabels": dict([label])}, "template": pod}
    return with_defaults(from_dict(Deployment, {"spec": spec})).spec.template


def fnv_1a(text: str) -> int:
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


# What clusters of 1.34 and 1.33 named the ReplicaSets of well-known tutorials.
@pytest.mark.parametrize(
    ("pod_template", "later", "known"),
    [
        (template("nginx:1.14.2", ("app", "nginx"), **PORT), SINCE_36, "bf744486c"),
        (template("nginx:1.14.2", ("app", "nginx"), **PORT), SINCE_36 + SINCE_34, "647677fc66"),
        (template("nginx", ("app", "nginx")), SINCE_36 + SINCE_34, "5869d7778c"),
        (
            template("registry.k8s.io/hpa-example", ("run", "php-apache"), **PORT, **CPU),
            SINCE_36 + SINCE_34,
            "6487c65df8",
        ),
    ],
)
def test_without_the_latest_fields_the_hash_is_that_of_earlier_clusters(
    pod_template: PodTemplateSpec, later: tuple[str, ...], known: str
) -> None:
    text = dump_for_hash(pod_template)
    for added in later:
        assert text.count(added) == 1
        text = text.replace(added, "")
    assert safe_encode(fnv_1a(text)) == known


def test_the_hash_of_today_has_all_fields() -> None:
    pod_template = template("nginx:1.14.2", ("app", "nginx"), **PORT)
    assert compute_hash(pod_template, None) == safe_encode(fnv_1a(dump_for_hash(pod_template))) == "6c5f67b5f7"


def test_collisions_change_the_hash() -> None:
    pod_template = template("nginx", ("app", "nginx"))
    hashes = [compute_hash(pod_template, count) for count in (None, 0, 1, 2)]
    assert len(set(hashes)) == 4
    assert hashes == [compute_hash(pod_template, count) for count in (None, 0, 1, 2)]
    assert hash_revision('{"spec":{}}', 1) != hash_revision('{"spec":{}}', 0) != hash_revision('{"spec":{}}', None)


def test_a_revision_is_hashed_the_other_way_round() -> None:
    assert hash_revision("a", None) == safe_encode(0x050C5D7E)  # FNV-1 of "a"
    assert safe_encode(fnv_1a("a")) == safe_encode(0xE40C292C)


@pytest.mark.parametrize(
    ("quantity", "value", "scale", "kept", "form"),
    [
        ("100m", 100, -3, "100m", "DecimalSI"),
        ("1", 1, 0, "1", "DecimalSI"),
        ("0", 0, 0, "0", "DecimalSI"),
        ("5k", 5, 3, "5k", "DecimalSI"),
        ("1e3", 1, 3, "1e3", "DecimalExponent"),
        ("5Gi", 5 * 2**30, 0, "5Gi", "BinarySI"),
        ("64Mi", 2**26, 0, "", "BinarySI"),  # the text of an eight-fold is not kept
        ("1.5e19", 15, 18, "1.5e19", "DecimalExponent"),
        ("1.5E400", 15, 399, "1.5E400", "DecimalExponent"),
        ("1.500k", 1500, 0, "1.500k", "DecimalSI"),
        ("5.", 5, 0, "5.", "DecimalSI"),
        ("-1.5e19", -15, 18, "-1.5e19", "DecimalExponent"),
    ],
)
def test_quantities_are_written_as_they_are_kept(quantity: str, value: int, scale: int, kept: str, form: str) -> None:
    assert dump_for_hash(ResourceRequirements(limits={"x": quantity})).startswith(
        "(v1.ResourceRequirements){Limits:(v1.ResourceList)map[x:{"
        f"i:(resource.int64Amount){{value:(int64){value} scale:(resource.Scale){scale}}} "
        "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} "
        f"s:(string){kept} Format:(resource.Format){form}}}] "
    )


def test_a_number_of_many_digits_is_kept_in_words_of_billionths() -> None:
    largest = 2**63 - 1
    high, low = divmod(largest * 10**9, 2**64)
    text = dump_for_hash(ResourceRequirements(limits={"x": str(largest)}))
    assert f"unscaled:(big.Int){{neg:(bool)false abs:(big.nat)[{low} {high}]}} scale:(inf.Scale)9}}}}" in text


def test_embedded_structures_pointers_and_lists() -> None:
    probe = dump_for_hash(Probe(http_get=HTTPGetAction(port="web"), period_seconds=5))
    assert probe.startswith(
        "(v1.Probe){ProbeHandler:(v1.ProbeHandler){Exec:(*v1.ExecAction)<nil> HTTPGet:(*v1.HTTPGetAction){"
    )
    assert "Port:(intstr.IntOrString){Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)web}" in probe
    assert probe.endswith(" FailureThreshold:(int32)0 TerminationGracePeriodSeconds:(*int64)<nil>}")
    volume = dump_for_hash(Volume(name="v", empty_dir=EmptyDirVolumeSource()))
    assert (
        " EmptyDir:(*v1.EmptyDirVolumeSource){Medium:(v1.StorageMedium) SizeLimit:(*resource.Quantity)<nil>} " in volume
    )
    assert volume.endswith("Image:(*v1.ImageVolumeSource)<nil>}}")
    config = dump_for_hash(ConfigMapVolumeSource(name="c", default_mode=420, optional=False))
    assert config == (
        "(v1.ConfigMapVolumeSource){LocalObjectReference:(v1.LocalObjectReference){Name:(string)c} "
        "Items:([]v1.KeyToPath)<nil> DefaultMode:(*int32)420 Optional:(*bool)false}"
    )
    assert "CephMonitors:([]string)[a b] RBDImage:(string)i " in dump_for_hash(
        RBDVolumeSource(monitors=("a", "b"), image="i")
    )
    labels = dump_for_hash(ObjectMeta(labels={"b": "2", "a": "1"}))
    assert " Labels:(map[string]string)map[a:1 b:2] Annotations:(map[string]string)<nil> " in labels
