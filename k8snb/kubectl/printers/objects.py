"""Objects to text, in any of kubectl's formats.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/get.go Run, printGeneric`` and ``get_flags.go ToPrinter @ v1.36``
``staging/src/k8s.io/cli-runtime/pkg/genericclioptions/{print,jsonpath,template}_flags.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.files import read_file
from k8snb.api.resources import DISCOVERED_BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_format import go_syntax, marshal, sprint
from k8snb.kubectl.go_template import GoTemplate, TemplateError
from k8snb.kubectl.jsonpath import JSONPath, JSONPathError
from k8snb.kubectl.printers.custom_columns import print_custom_columns, print_custom_columns_file
from k8snb.kubectl.printers.kinds import table_of
from k8snb.kubectl.printers.kyaml import to_kyaml
from k8snb.kubectl.printers.options import PrintOptions
from k8snb.kubectl.printers.sorting import sort_by, UnsortableError
from k8snb.kubectl.printers.table import DEFAULT_TABLE, KindTable, print_table, Row, table_lines
from k8snb.kubectl.printers.yaml_text import to_yaml

Printable = KubernetesObject | Mapping[str, Any]

_TEMPLATES = ("go-template", "go-template-file", "template", "templatefile")
_PATHS = ("jsonpath", "jsonpath-as-json", "jsonpath-file")
_COLUMNS = ("custom-columns", "custom-columns-file")
_PLAIN = ("json", "kyaml", "name", "yaml")


def print_objects(objects: Sequence[Printable], options: PrintOptions) -> str:
    """What kubectl writes for some objects.

    Parameters
    ----------
    objects
        Typed objects; for all but tables, also JSON bodies of kinds that have no type here.
    options
        How. Tables of several kinds follow each other, each kind's objects together as given.

    Returns
    -------
    str
        Nothing for a table without rows.

    Raises
    ------
    KubectlError
        For an unknown format, or a template, path or sort expression that cannot be read or applied.
    """
    if options.columns and options.output in ("", "wide") and not options.template:
        return _tables(objects, options)
    printer = _printer(options)
    if options.output == "name" and not options.sort_by:
        return printer({}, [_identity(obj) for obj in objects])
    bodies = [_body(obj) for obj in objects]
    if options.single and len(bodies) == 1:
        return printer(bodies[0], bodies)
    if options.sort_by:
        bodies = sort_by(bodies, options.sort_by, lambda body: body)
    listed = {"apiVersion": "v1", "items": bodies, "kind": "List", "metadata": {"resourceVersion": ""}}
    return printer(listed, bodies)


def check_format(options: PrintOptions) -> None:
    """Refuse an unknown format, or a template or path that cannot be read, before anything is done.

    Raises
    ------
    KubectlError
        As `print_objects` would.
    """
    _printer(options)


# -- tables

# What --sort-by sorts where there are several: the tables themselves, which have hardly a field.
_TABLE = {"apiVersion": "meta.k8s.io/v1", "kind": "Table", "metadata": {"resourceVersion": "1"}}


def _tables(objects: Sequence[Printable], options: PrintOptions) -> str:
    typed = [obj for obj in objects if isinstance(obj, KubernetesObject)]
    if options.sort_by and not options.server_print:
        typed = sort_by(typed, options.sort_by, to_dict) if len(typed) > 1 else typed
    elif options.sort_by and options.requests > 1:
        sort_by([_TABLE], options.sort_by, dict)
    kinds = [(cls, list(group)) for cls, group in groupby(typed, type)]
    several = options.show_kind or len({cls for cls, _ in kinds}) > 1
    blank = "" if options.no_headers else "\n"
    return blank.join(filter(None, (_table(cls, group, several, options) for cls, group in kinds)))


def _table(
    cls: type[KubernetesObject], objects: Sequence[KubernetesObject], several: bool, options: PrintOptions
) -> str:
    resource, table = DISCOVERED_BY_CLASS.get(cls), _table_of(cls, options)
    if options.sort_by and options.server_print and len(objects) > 1:
        try:
            objects = sort_by(objects, options.sort_by, to_dict)
        except UnsortableError:
            raise
        except KubectlError:
            return ""  # kubectl does not look at what becomes of a table
    namespaces = options.namespaces and (resource is None or resource.namespaced)
    return print_table(table, _rows(table, objects, options), _prefix(cls, several), namespaces, options)


def table_lines_of(
    cls: type[KubernetesObject], objects: Sequence[KubernetesObject], options: PrintOptions
) -> list[str]:
    """The lines of a table of objects of one kind, cells with tabs between them, as a watch prints them."""
    table = _table_of(cls, options)
    rows = _rows(table, objects, options)
    return table_lines(table, rows, _prefix(cls, options.show_kind), options.namespaces, options)


def _table_of(cls: type[KubernetesObject], options: PrintOptions) -> KindTable:
    """The table that the server makes of a kind, or the one that kubectl makes of any."""
    return table_of(cls) if options.server_print else DEFAULT_TABLE


def _rows(table: KindTable, objects: Sequence[KubernetesObject], options: PrintOptions) -> list[Row]:
    return [Row(table.cells(o, options.now_ms), _meta(o).namespace, _meta(o).labels) for o in objects]


def _prefix(cls: type[KubernetesObject], shown: bool) -> str:
    """What stands before the names of a kind."""
    resource = DISCOVERED_BY_CLASS.get(cls)
    return f"{resource.qualified_singular}/" if shown and resource else ""


def _meta(obj: KubernetesObject) -> Any:
    return getattr(obj, "metadata", None)


# -- formats

Body = dict[str, Any]
Printer = Callable[[Body, Sequence[Body]], str]


def _body(obj: Printable) -> Body:
    return to_dict(obj) if isinstance(obj, KubernetesObject) else dict(obj)


def _identity(obj: Printable) -> Body:
    """What a name is made of, without the rest of the object."""
    if not isinstance(obj, KubernetesObject):
        return dict(obj)
    return {"apiVersion": obj.api_version, "kind": obj.kind, "metadata": {"name": _meta(obj).name}}


def allowed_formats(columns: bool) -> list[str]:
    """The formats that ``-o`` takes; `columns`: of ``get``, which also knows tables."""
    return sorted([*_PLAIN, *_TEMPLATES, *_PATHS, *((*_COLUMNS, "wide") if columns else ())])


def _printer(options: PrintOptions) -> Printer:
    """The printer of a format. It takes what is to be printed as one, and its objects."""
    output = options.output or ("go-template" if options.template else "")
    name, equals, template = output.partition("=")
    if options.template:
        template = options.template
    if output.lower() in _PLAIN:
        return _plain_printer(output.lower(), options)
    known = (*_TEMPLATES, *_PATHS, *(_COLUMNS if options.columns else ()))
    if name not in known or (equals and options.template):
        shown = ",".join(allowed_formats(options.columns))
        raise KubectlError(
            f'unable to match a printer suitable for the output format "{output}", allowed formats are: {shown}'
        )
    if name in _COLUMNS:
        return _columns_printer(name, template, options)
    if not template:
        raise KubectlError("template format specified but no template given")
    return _path_printer(name, template, options) if name in _PATHS else _template_printer(name, template, options)


def _plain_printer(name: str, options: PrintOptions) -> Printer:
    if name == "name":
        return lambda _whole, bodies: "".join(f"{object_name(body)}\n" for body in bodies)

    def printed(whole: Body, bodies: Sequence[Body]) -> str:
        if not options.show_managed_fields:
            for body in bodies:
                if "managedFields" in body.get("metadata", {}):
                    del body["metadata"]["managedFields"]
        if name == "yaml":
            return to_yaml(whole)
        ordered = _kind_first(whole) if options.typed else whole
        if name == "kyaml":
            return to_kyaml(ordered, sort=not options.typed)
        return marshal(ordered, 4, sort=not options.typed) + "\n"

    return printed


def _kind_first(body: Body) -> Body:
    """The body in the order of the API's structures, which begin with the kind; so do claims in a stateful set."""
    ordered = {key: body[key] for key in ("kind", "apiVersion") if key in body} | body
    spec = ordered.get("spec")
    if isinstance(spec, dict) and spec.get("volumeClaimTemplates"):
        ordered["spec"] = spec | {"volumeClaimTemplates": [_kind_first(t) for t in spec["volumeClaimTemplates"]]}
    return ordered


def object_name(body: Body) -> str:
    """An object as ``-o name`` shows it: ``deployment.apps/web``."""
    kind, group = body.get("kind", ""), body.get("apiVersion", "").rpartition("/")[0]
    name = body.get("metadata", {}).get("name") or "<unknown>"
    return f"{kind.lower()}.{group}/{name}" if group else f"{kind.lower()}/{name}"


def _columns_printer(name: str, spec: str, options: PrintOptions) -> Printer:
    if not spec:
        raise KubectlError("custom-columns format specified but no custom columns given")
    if name == "custom-columns-file":
        return lambda _whole, bodies: print_custom_columns_file(bodies, spec)
    return lambda _whole, bodies: print_custom_columns(bodies, spec, options.no_headers)


def _path_printer(name: str, template: str, options: PrintOptions) -> Printer:
    if name == "jsonpath-file":
        template = _read(template)
    try:
        path = JSONPath(template, allow_missing_keys=options.allow_missing_template_keys)
    except JSONPathError as error:
        raise KubectlError(f"error parsing jsonpath {template}, {error}") from None

    def printed(whole: Body, _bodies: Sequence[Body]) -> str:
        try:
            return path.json(whole) if name == "jsonpath-as-json" else path.text(whole)
        except JSONPathError as error:
            raise KubectlError("".join(_path_failure(template, error, whole))) from None

    return printed


def _path_failure(template: str, error: JSONPathError, whole: Body) -> Iterator[str]:
    yield f'error executing jsonpath "{template}": Error executing template: {error}. '
    yield "Printing more information for debugging the template:\n"
    yield f"\ttemplate was:\n\t\t{template}\n"
    yield f"\tobject given to jsonpath engine was:\n\t\t{go_syntax(whole)}\n\n\n"


def _template_printer(name: str, template: str, options: PrintOptions) -> Printer:
    if name in ("go-template-file", "templatefile"):
        template = _read(template)
    try:
        parsed = GoTemplate(template, allow_missing_keys=options.allow_missing_template_keys)
    except TemplateError as error:
        raise KubectlError(f"error parsing template {template}, {error}") from None

    def printed(whole: Body, _bodies: Sequence[Body]) -> str:
        try:
            return parsed.execute(whole)
        except TemplateError as error:
            words = "".join(_template_failure(template, error, whole))
            raise KubectlError(
                f'error executing template "{template}": {error}', stdout=error.written + words
            ) from None

    return printed


def _template_failure(template: str, error: TemplateError, whole: Body) -> Iterator[str]:
    yield f"Error executing template: {error}. Printing more information for debugging the template:\n"
    yield f"\ttemplate was:\n\t\t{template}\n"
    yield f"\traw data was:\n\t\t{marshal(whole)}\n"
    yield f"\tobject given to template engine was:\n\t\t{sprint(whole)}\n\n"


def _read(path: str) -> str:
    try:
        return read_file(Path(path)).decode("utf-8", "replace")
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise KubectlError(f"error reading --template {path}, open {path}: {problem}") from None
