"""``kubectl delete``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/delete/{delete,delete_flags}.go @ v1.36``
"""

from __future__ import annotations

from dataclasses import dataclass, field

from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, paced, Session, Waiting
from k8snb.kubectl.common_flags import ALL, ALL_NAMESPACES, DRY_RUN, FIELD_SELECTOR, FILES, SELECTOR
from k8snb.kubectl.deletion import cascade_flag, cascade_of, FOR_EVER_MS, gone
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all, with_source
from k8snb.kubectl.flags import duration, number, switch, text
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.resource_builder import find_objects, Found, Query

_FORCED = (
    "Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely."
)


def _delete(session: Session) -> Waiting:
    flags = session.flags
    cascade = cascade_of(session)
    selecting = flags["all"] or flags["selector"] or flags["field-selector"]
    ignore = flags["ignore-not-found"] or (bool(selecting) and not flags.changed("ignore-not-found"))
    grace = _grace_period(session)
    dry_run = dry_run_of(session)
    for name in ("raw", "interactive"):
        if flags[name]:
            raise KubectlError(f'"kubectl delete --{name}" is not built in this simulator')
    query = Query(
        session.args,
        labels=flags["selector"],
        fields=flags["field-selector"],
        every=flags["all"],
        all_namespaces=flags["all-namespaces"],
        fetch=False,
    )
    found = find_objects(session, query)
    _check(session, grace)
    run = _Deletion(session, grace, cascade, dry_run)
    yield from run.delete_all(found, ignore)
    if not run.named:
        session.say("No resources found")
    elif flags["wait"] and dry_run is DryRun.NONE:
        yield from gone(session, run.deleted, flags["timeout"] or FOR_EVER_MS)


def _grace_period(session: Session) -> int:
    """The seconds to stop; -1 leaves them to the object, 0 forces."""
    flags = session.flags
    grace: int = flags["grace-period"]
    if flags["now"]:
        if grace != -1:
            raise KubectlError("--now and --grace-period cannot be specified together")
        grace = 1
    if grace == 0 and not flags["force"]:
        grace = 1
    return 0 if flags["force"] and grace < 0 else grace


def _check(session: Session, grace: int) -> None:
    flags = session.flags
    if flags["output"] not in ("", "name"):
        raise KubectlError(f"unexpected -o output mode: {flags['output']}. We only support '-o name'")
    for name in ("selector", "field-selector"):
        if flags["all"] and flags[name]:
            raise KubectlError(f"cannot set --all and --{name} at the same time")
    if grace == 0 and flags["force"]:
        session.warn(_FORCED)
    elif grace > 0 and flags["force"]:
        raise KubectlError("--force and --grace-period greater than 0 cannot be specified together")


@dataclass
class _Deletion:
    """Deletes objects and notes which."""

    session: Session
    grace: int
    cascade: str
    dry_run: DryRun
    named: int = 0
    deleted: list[tuple[Info, str]] = field(default_factory=list)
    warned: bool = False

    def delete_all(self, found: Found, ignore_not_found: bool) -> Waiting:
        errors: list[K8snbError] = list(found.errors)
        for info in found.infos:
            if self.named and self.dry_run is DryRun.NONE:
                yield from paced(self.session, last=True)  # controllers have seen the one before go
            self.named += 1
            try:
                self._delete(info)
            except K8snbError as error:
                errors.append(error)
        if ignore_not_found:
            errors = [error for error in errors if not isinstance(error, NotFound)]
        raise_all(errors)

    def _delete(self, info: Info) -> None:
        session = self.session
        scoped = session.namespace_given and not session.flags["all-namespaces"]
        if scoped and not info.resource.namespaced and not self.warned:
            session.warn("deleting cluster-scoped resources, not scoped to the provided namespace")
            self.warned = True
        if not info.name:  # a manifest with a generated name only
            raise with_source("deleting", info.source, KubectlError("resource name may not be empty"))
        if self.dry_run is not DryRun.CLIENT:
            try:
                obj = session.server.delete(
                    info.resource,
                    info.namespace,
                    info.name,
                    grace_period_seconds=self.grace if self.grace >= 0 else None,
                    propagation_policy=self.cascade,
                    dry_run=self.dry_run is DryRun.SERVER,
                )
            except K8snbError as error:
                raise with_source("deleting", info.source, error) from None
            self.deleted.append((info, meta_of(obj).uid))
        self._print(info)

    def _print(self, info: Info) -> None:
        kind = info.resource.qualified_singular
        if self.session.flags["output"] == "name":
            self.session.say(f"{kind}/{info.name}")
            return
        operation = "force deleted" if self.grace == 0 else "deleted"
        where = f" from {info.namespace} namespace" if info.resource.namespaced else ""
        self.session.say(f'{kind} "{info.name}" {operation}{where}{self.dry_run.value}')


COMMAND = CommandSpec(
    "delete",
    "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    _delete,
    (
        *FILES,
        ALL,
        ALL_NAMESPACES,
        DRY_RUN,
        FIELD_SELECTOR,
        SELECTOR,
        cascade_flag(),
        switch("force"),
        number("grace-period", -1),
        switch("ignore-not-found"),
        switch("interactive", short="i"),
        switch("now"),
        text("output", short="o"),
        text("raw"),
        duration("timeout"),
        switch("wait", True),
    ),
    usage="([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
    suggest_for=("rm", "remove"),
)
