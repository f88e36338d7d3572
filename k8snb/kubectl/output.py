"""What a command prints of an object: a message such as ``deployment.apps/web scaled``, or what ``-o`` asks for.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go ToPrinter`` and
``staging/src/k8s.io/cli-runtime/pkg/printers/{name,yaml}.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.encode import to_dict
from k8snb.api.schema import KubernetesObject
from k8snb.kubectl.command import Session
from k8snb.kubectl.dry_run import DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.printers import print_objects, Printable, PrintOptions
from k8snb.kubectl.printers.objects import allowed_formats, check_format, object_name

_WITH_TEMPLATE = ("go-template", "go-template-file", "jsonpath", "jsonpath-as-json", "jsonpath-file", "template")


class Output:
    """The printer of one command.

    Parameters
    ----------
    session
        Where to print, and the flags that say how.
    dry_run
        Messages end with it.
    typed
        The command made the objects itself: their fields come in the order of the API's structures.

    Raises
    ------
    KubectlError
        When ``-o`` is no format of this command.
    """

    def __init__(self, session: Session, dry_run: DryRun = DryRun.NONE, *, typed: bool = False) -> None:
        flags = session.flags
        self._session = session
        self._dry_run = dry_run
        self._documents = 0
        self.format = str(flags["output"])
        self._template = str(flags["template"])
        self._options = PrintOptions(
            output=self.format,
            single=True,
            now_ms=session.now_ms,
            show_managed_fields=flags["show-managed-fields"],
            typed=typed,
            template=self._template,
            allow_missing_template_keys=flags["allow-missing-template-keys"],
            columns=False,
        )
        self._check()

    @property
    def prints_objects(self) -> bool:
        """Whether objects are printed, not messages or names."""
        return bool(self.format or self._template) and self.format != "name"

    def _check(self) -> None:
        name, equals, _ = self.format.partition("=")
        allowed = allowed_formats(False)
        if self.format and (name not in allowed or (equals and name not in _WITH_TEMPLATE)):
            raise KubectlError(
                f'unable to match a printer suitable for the output format "{self.format}", '
                f"allowed formats are: {','.join(allowed)}"
            )
        if self.format or self._template:
            check_format(self._options)

    def print(self, obj: Printable, operation: str) -> None:
        """Print an object that `operation` was done to."""
        if not self.format and not self._template:
            body = to_dict(obj) if isinstance(obj, KubernetesObject) else dict(obj)
            self._session.write(f"{object_name(body)} {operation}{self._dry_run.value}\n")
            return
        self._documents += 1
        if self.format == "yaml" and self._documents > 1:
            self._session.write("---\n")
        self._session.write(print_objects([obj], self._options))

    def print_list(self, objects: list[Printable]) -> None:
        """Print objects as one: a List, where they are not exactly one."""
        if len(objects) == 1:
            self.print(objects[0], "")
        elif objects:
            bodies = [to_dict(o) if isinstance(o, KubernetesObject) else dict(o) for o in objects]
            listed = {"apiVersion": "v1", "items": bodies, "kind": "List", "metadata": {"resourceVersion": ""}}
            self._session.write(print_objects([listed], self._options))
