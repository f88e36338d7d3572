"""What a user wants to see, and how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """How objects are printed.

    Parameters
    ----------
    output
        The value of ``-o``: empty, ``wide``, ``yaml``, ``kyaml``, ``json``, ``name``, ``jsonpath=…``,
        ``jsonpath-as-json=…``, ``custom-columns=…``, ``go-template=…`` or ``template=…``.
    namespaces
        Tables begin with a NAMESPACE column (``-A``).
    show_labels, label_columns
        ``--show-labels`` and ``-L``.
    no_headers
        Tables have no header.
    sort_by
        The path of ``--sort-by``.
    single
        One object was asked for by name: it is printed by itself, not in a List.
    show_kind
        Names read ``deployment.apps/web``: ``--show-kind``, or more than one kind was asked for.
    now_ms
        The present, milliseconds since the Unix epoch; ages count from it.
    show_managed_fields
        ``metadata.managedFields`` are not left out of YAML and JSON.
    typed
        JSON is written in the order of the API's structures, kind first, as commands do that made or changed the
        object themselves; otherwise fields are sorted, as ``get`` shows what the server sent.
    template
        The value of ``--template``.
    allow_missing_template_keys
        A field that is missing is no error in JSONPath and Go templates.
    requests
        How many requests gave the objects: each kind is one, and each name. Tables of several cannot be sorted.
    columns
        Tables and custom columns are allowed, as ``get`` does; other commands only know structured formats.
    server_print
        The server makes the tables; else kubectl makes them of names and ages, as ``--server-print=false`` asks for.
    """

    output: str = ""
    namespaces: bool = False
    show_labels: bool = False
    label_columns: tuple[str, ...] = ()
    no_headers: bool = False
    sort_by: str = ""
    single: bool = False
    show_kind: bool = False
    now_ms: int = 0
    show_managed_fields: bool = False
    typed: bool = False
    template: str = ""
    allow_missing_template_keys: bool = True
    requests: int = 1
    columns: bool = True
    server_print: bool = True
