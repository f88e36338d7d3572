"""Objects that a command makes from its flags: created, or only shown.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create.go NameFromCommandArgs, CreateSubcommandOptions @ v1.36``
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.encode import to_dict
from k8snb.api.quantity import canonical, QuantityError
from k8snb.api.resources import BY_KIND
from k8snb.api.schema import KubernetesObject
from k8snb.api.timestamps import format_time
from k8snb.errors import K8snbError
from k8snb.kubectl.command import Session
from k8snb.kubectl.common_flags import DRY_RUN, field_manager, OUTPUT, SAVE_CONFIG, VALIDATE
from k8snb.kubectl.dry_run import check_validate, dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.last_applied import check_size, with_last_applied
from k8snb.kubectl.output import Output

Body = dict[str, Any]

CREATE_FLAGS = (*OUTPUT, SAVE_CONFIG, VALIDATE, DRY_RUN, field_manager("kubectl-create"))


def name_of_args(session: Session) -> str:
    """The one name that a ``create`` command takes, before any ``--``."""
    count = len(session.args) if session.flags.args_at_dash < 0 else session.flags.args_at_dash
    if count != 1:
        raise session.usage_error(f"exactly one NAME is required, got {count}")
    return session.args[0]


def check_name(name: str) -> None:
    """Refuse an empty name."""
    if not name:
        raise KubectlError("name must be specified")


def metadata_for(session: Session, name: str, **more: Any) -> Body:
    """The metadata of a new object; its namespace only where the line names one."""
    namespace = {"namespace": session.namespace} if session.namespace_given else {}
    return {"name": name, **namespace, **more}


class Generator:
    """Creates the objects of one command. To be made before the command checks its own flags."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.dry_run = dry_run_of(session)
        self.output = Output(session, self.dry_run, typed=True)
        if "validate" in session.flags.values:
            check_validate(session)

    def create(self, body: Body, failure: str = "", operation: str = "created") -> None:
        """Create an object, or only show it.

        Parameters
        ----------
        body
            Its JSON form.
        failure
            What a refusal of the server begins with, where the command says more than the server.
        operation
            What the message says was done.
        """
        self.output.print(self.store(body, failure), operation)

    def store(self, body: Body, failure: str = "") -> KubernetesObject:
        """Create an object, or only decode it."""
        session, resource = self.session, BY_KIND[body["kind"]]
        try:
            typed = from_dict(resource.cls, body)
        except DecodeError as error:
            raise KubectlError(str(error)) from None
        if session.flags["save-config"]:
            body = with_last_applied(to_dict(typed), typed=True)
            typed = from_dict(resource.cls, body)
        if self.dry_run is DryRun.CLIENT:
            return typed
        namespace = session.namespace if resource.namespaced else ""
        try:
            check_size(body)
            return session.server.create(resource, namespace, body, dry_run=self.dry_run is DryRun.SERVER)
        except K8snbError as error:
            raise (KubectlError(f"{failure}{error}") if failure else error) from None


class Shown:
    """Shows an object of a kind that this server does not have, as a dry run does, and creates none."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.dry_run = dry_run_of(session)
        self.output = Output(session, self.dry_run, typed=True)
        check_validate(session)

    def show(self, body: Body, namespace: str, generation: int = 0) -> None:
        """Show an object; `namespace` is where the server would put it, `generation` what it would begin to count."""
        check_name(body["metadata"]["name"])
        if self.dry_run is DryRun.NONE:
            raise KubectlError(f"creating a {body['kind']} is not built in this simulator")
        if self.session.flags["save-config"]:
            body = with_last_applied(body, typed=True)
        if self.dry_run is DryRun.SERVER:
            body = {**body, "metadata": metadata_as_stored(self.session, body["metadata"], namespace, generation)}
        self.output.print(body, "created")


def metadata_as_stored(session: Session, metadata: Body, namespace: str, generation: int = 0) -> Body:
    """Metadata with what a server fills in, in the order of the API's structure."""
    first = {"name": metadata["name"], **({"namespace": namespace} if namespace else {}), "uid": str(UUID(int=0))}
    counted = {"generation": generation} if generation else {}
    created = {"creationTimestamp": format_time(session.now_ms // 1000 * 1000)}
    return first | counted | created | metadata


def resource_list(spec: str) -> Body:
    """Quantities by name: ``cpu=100m,memory=64Mi``.

    References
    ----------
    ``staging/src/k8s.io/kubectl/pkg/generate/versioned/run.go populateResourceListV1 @ v1.36``
    """
    found: Body = {}
    for statement in spec.split(",") if spec else []:
        name, *values = statement.split("=")
        if len(values) != 1:
            raise KubectlError(f"Invalid argument syntax {statement}, expected <resource>=<value>")
        try:
            found[name] = canonical(values[0])
        except QuantityError as error:
            raise KubectlError(str(error)) from None
    return found
