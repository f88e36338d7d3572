"""``kubectl create deployment``, ``create job`` and ``create cronjob``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create_{deployment,job,cronjob}.go @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.types.batch import CronJob
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import number, slices, text
from k8snb.kubectl.generated import CREATE_FLAGS, Generator, metadata_for, name_of_args
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.resource_builder import find_objects, Query

Body = dict[str, Any]


def _deployment(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    images, command = flags["image"], session.args[1:]
    if len(images) > 1 and command:
        raise KubectlError("cannot specify multiple --image options and command")
    containers = [_container(_container_name(image), image, command) for image in images]
    if flags["port"] >= 0 and containers:
        containers[0]["ports"] = [{"containerPort": flags["port"]}]
    labels = {"app": name}
    spec = {
        "replicas": flags["replicas"],
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    }
    body = _body("apps/v1", "Deployment", metadata_for(session, name, labels=labels), spec)
    generator.create(body, "failed to create deployment: ")


def _body(version: str, kind: str, metadata: Body, spec: Body) -> Body:
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _container(name: str, image: str, command: list[str]) -> Body:
    return {"name": name, "image": image, **({"command": command} if command else {})}


def _container_name(image: str) -> str:
    """The image's own name. kubectl adds random letters where it must replace dots; here none are needed."""
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    return name.replace("_", "-").replace(".", "-")


def _job(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    image, source, command = flags["image"], flags["from"], session.args[1:]
    if bool(image) == bool(source):
        raise KubectlError("either --image or --from must be specified")
    if command and source:
        raise KubectlError("cannot specify --from and command")
    body = _job_from(session, name, source) if source else _job_of_image(session, name, image, command)
    generator.create(body, "failed to create job: ")


def _job_of_image(session: Session, name: str, image: str, command: list[str]) -> Body:
    pod = {"containers": [_container(name, image, command)], "restartPolicy": "Never"}
    return _body("batch/v1", "Job", metadata_for(session, name), {"template": {"spec": pod}})


def _job_from(session: Session, name: str, source: str) -> Body:
    query = Query([source], files=False, continue_on_error=False)
    infos = find_objects(session, query).all()
    if len(infos) != 1:
        raise KubectlError("from must be an existing cronjob")
    cron_job = infos[0].obj
    if not isinstance(cron_job, CronJob):
        raise KubectlError(f"unknown object type *{_go_type(infos[0])}")
    template = to_dict(cron_job)["spec"]["jobTemplate"]
    meta = template.get("metadata", {})
    owner = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": cron_job.metadata.name,
        "uid": meta_of(cron_job).uid,
        "controller": True,
    }
    annotations = {"cronjob.kubernetes.io/instantiate": "manual", **meta.get("annotations", {})}
    metadata = metadata_for(session, name, annotations=annotations, ownerReferences=[owner])
    if meta.get("labels"):
        metadata["labels"] = meta["labels"]
    return _body("batch/v1", "Job", metadata, template["spec"])


def _go_type(info: Info) -> str:
    return f"{info.resource.version}.{info.resource.kind}"


def _cron_job(session: Session) -> None:
    name, flags = name_of_args(session), session.flags
    generator = Generator(session)
    pod = {
        "containers": [_container(name, flags["image"], session.args[1:])],
        "restartPolicy": flags["restart"] or "OnFailure",
    }
    template = {"metadata": {"name": name}, "spec": {"template": {"spec": pod}}}
    spec = {"schedule": flags["schedule"], "jobTemplate": template}
    body = _body("batch/v1", "CronJob", metadata_for(session, name), spec)
    generator.create(body, "failed to create cronjob: ")


DEPLOYMENT = CommandSpec(
    "deployment",
    "Create a deployment with the specified name",
    _deployment,
    (
        *CREATE_FLAGS,
        slices("image", required=True),
        number("port", -1, bits=32),
        number("replicas", 1, "r", bits=32),
    ),
    usage="NAME --image=image -- [COMMAND] [args...]",
    aliases=("deploy",),
)
JOB = CommandSpec(
    "job",
    "Create a job with the specified name",
    _job,
    (*CREATE_FLAGS, text("image"), text("from")),
    usage="NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
)
CRON_JOB = CommandSpec(
    "cronjob",
    "Create a cron job with the specified name",
    _cron_job,
    (*CREATE_FLAGS, text("image", required=True), text("schedule", required=True), text("restart")),
    usage="NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
    aliases=("cj",),
)
