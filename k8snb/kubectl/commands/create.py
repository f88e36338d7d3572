"""``kubectl create -f``, and its subcommands.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create.go @ v1.36``
"""

from __future__ import annotations

from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, not_built, Session
from k8snb.kubectl.commands import (
    create_config,
    create_ingress,
    create_rbac,
    create_secret,
    create_service,
    create_workloads,
)
from k8snb.kubectl.common_flags import (
    DRY_RUN,
    field_manager,
    FILES,
    OUTPUT,
    RECORD,
    SAVE_CONFIG,
    SELECTOR,
    VALIDATE,
)
from k8snb.kubectl.dry_run import check_validate, dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import with_source
from k8snb.kubectl.flags import switch, text
from k8snb.kubectl.infos import Info
from k8snb.kubectl.last_applied import check_size, LAST_APPLIED, with_last_applied
from k8snb.kubectl.output import Output
from k8snb.kubectl.recording import recorded
from k8snb.kubectl.resource_builder import find_objects, Query


def _create(session: Session) -> None:
    if session.args:
        raise session.usage_error(f"Unexpected args: [{' '.join(session.args)}]")
    flags = session.flags
    dry_run = dry_run_of(session)
    check_validate(session)
    output = Output(session, dry_run)
    if not flags["filename"] and not flags["kustomize"]:
        raise KubectlError("must specify one of -f and -k")
    for name in ("raw", "edit"):
        if flags[name]:
            raise KubectlError(f'"kubectl create --{name}" is not built in this simulator')
    found = find_objects(session, Query(labels=flags["selector"]))
    found.visit(lambda info: _create_one(session, dry_run, output, info))
    if not found.infos:
        raise KubectlError("no objects passed to create")


def _create_one(session: Session, dry_run: DryRun, output: Output, info: Info) -> None:
    assert info.document is not None
    body = info.document
    remembers = LAST_APPLIED in ((body.get("metadata") or {}).get("annotations") or {})
    if session.flags["save-config"] or remembers:
        body = with_last_applied(body)
    body = recorded(session, body)
    if dry_run is DryRun.CLIENT:
        output.print(body, "created")
        return
    try:
        check_size(body)
        obj = session.server.create(info.resource, info.namespace, body, dry_run=dry_run is DryRun.SERVER)
    except K8snbError as error:
        raise with_source("creating", info.source, error) from None
    output.print(obj, "created")


COMMAND = CommandSpec(
    "create",
    "Create a resource from a file or from stdin",
    _create,
    (
        *FILES,
        *OUTPUT,
        DRY_RUN,
        RECORD,
        SAVE_CONFIG,
        SELECTOR,
        VALIDATE,
        field_manager("kubectl-create"),
        switch("edit"),
        text("raw"),
        switch("windows-line-endings"),
    ),
    usage="-f FILENAME",
    subcommands=(
        create_rbac.CLUSTER_ROLE,
        create_rbac.CLUSTER_ROLE_BINDING,
        create_config.CONFIG_MAP,
        create_workloads.CRON_JOB,
        create_workloads.DEPLOYMENT,
        create_ingress.INGRESS,
        create_workloads.JOB,
        create_config.NAMESPACE,
        create_config.BUDGET,
        create_config.PRIORITY_CLASS,
        create_config.QUOTA,
        create_rbac.ROLE,
        create_rbac.ROLE_BINDING,
        create_secret.SECRET,
        create_service.SERVICE,
        create_config.SERVICE_ACCOUNT,
        not_built("token", "Request a service account token"),
    ),
)
