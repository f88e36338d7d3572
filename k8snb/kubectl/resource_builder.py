"""Which objects a command line means: ``deploy web``, ``deploy/web svc/web``, ``pods -l app=web``, ``-f file``.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/resource/builder.go`` and ``visitor.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.legacy import modernize
from k8snb.api.manifests import Document, ManifestError, parse_documents, read_path
from k8snb.api.resources import BY_KIND, DISCOVERED, Resource, SERVED
from k8snb.api.selectors import parse_selector, SelectorError
from k8snb.api.types.meta import ObjectMeta
from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.client import by_key
from k8snb.kubectl.command import Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import Aggregate, raise_all
from k8snb.kubectl.infos import Info, list_infos, resource_of

MISSING_RESOURCE = """You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""
LOCAL_RESOURCE = """error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'"""
_MIXED = (
    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form "
    "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"
)


@dataclass
class Query:
    """What a command line says of the objects it means.

    Parameters
    ----------
    args
        Types and names.
    labels, fields
        Selectors.
    everything
        A type without names means all its objects.
    every
        ``--all`` was given.
    all_namespaces
        ``-A`` was given.
    files
        The manifests named by ``-f`` are read.
    fetch
        The objects are asked from the server, not only named.
    latest
        The objects of manifests are asked from the server too.
    continue_on_error
        An object that is not found leaves the others in place.
    local
        The server is asked nothing.
    single_type
        Objects of several types are refused.
    typed
        Manifests are read as objects of their kinds: unknown fields are left out, values of wrong types refused.
    """

    args: Sequence[str] = ()
    labels: str = ""
    fields: str = ""
    everything: bool = False
    every: bool = False
    all_namespaces: bool = False
    files: bool = True
    fetch: bool = True
    latest: bool = False
    continue_on_error: bool = True
    local: bool = False
    single_type: bool = False
    typed: bool = False


@dataclass
class Found:
    """The objects that were found, the errors of those that were not, and whether exactly one was meant.

    ``listed`` are the resources that were listed as a whole or by selectors.
    """

    infos: list[Info]
    errors: list[K8snbError] = field(default_factory=list)
    single: bool = False
    continue_on_error: bool = True
    listed: tuple[Resource, ...] = ()

    @property
    def resources(self) -> list[Resource]:
        """The resources that were listed, or those of the objects, each once."""
        return list(dict.fromkeys(self.listed or (info.resource for info in self.infos)))

    def without_not_found(self) -> Found:
        """The same, where an object that does not exist is no error."""
        kept = [e for e in self.errors if not isinstance(e, NotFound)]
        return replace(self, errors=kept)

    def all(self) -> list[Info]:
        """The objects; raises where any failed."""
        raise_all(self.errors)
        return self.infos

    def visit(self, act: Callable[[Info], None]) -> None:
        """Do something with each object, and raise what went wrong with any of them together."""
        errors = list(self.errors)
        for info in self.infos:
            try:
                act(info)
            except K8snbError as error:
                if not self.continue_on_error:
                    raise
                errors.append(error)
        raise_all(errors)


Step = Callable[[], list[Info]]


def find_objects(session: Session, query: Query) -> Found:
    """The objects that a command line means.

    Raises
    ------
    KubectlError
        When the line makes no sense; what goes wrong with single objects is in the result's errors.
    """
    return _Builder(session, query).find()


class _Builder:
    def __init__(self, session: Session, query: Query) -> None:
        self.session = session
        self.query = query
        self.types: list[str] = []
        self.names: list[str] = []
        self.pairs: list[tuple[str, str]] = []
        self.labels: str | None = query.labels.strip() or None
        self.fields: str | None = query.fields.strip() or None
        if query.every and (self.labels or self.fields):
            raise KubectlError("setting 'all' parameter but found a non empty selector. ")

    # -- reading the line

    def find(self) -> Found:
        flags = self.session.flags.values
        paths = list(flags.get("filename", ())) if self.query.files else []
        if flags.get("kustomize") and self.query.files:
            raise KubectlError("kustomize (-k) is not built in this simulator")
        sources = [self._source(path) for path in _checked_paths(paths)]
        self._read_args(list(self.query.args))
        if self.query.every:
            self.labels = ""
        if sources:
            return self._by_files(sources)
        if self.labels is not None or self.fields is not None:
            return self._by_selector()
        if self.pairs:
            return self._by_pairs()
        if self.names:
            return self._by_names()
        for word in self.types:
            self._resource(word)
        if self.types:
            raise KubectlError("resource(s) were provided, but no name was specified")
        raise KubectlError(MISSING_RESOURCE)

    def _read_args(self, args: list[str]) -> None:
        args = _spread(args)
        slashes = sum("/" in arg for arg in args)
        if 0 < slashes < len(args):
            raise KubectlError(_MIXED)
        if slashes:
            self.pairs = [_split_pair(arg) for arg in args]
        elif args:
            self.types = _split_types(_replace_categories(args[0]))
            self.names = args[1:]
            if not self.names and self.query.everything and self.labels is None:
                self.labels = ""

    # -- manifests

    def _source(self, path: str) -> Callable[[], list[Document]]:
        recursive = bool(self.session.flags.values.get("recursive"))
        if path == "-":
            return lambda: parse_documents(self.session.stdin)
        if path.startswith(("http://", "https://")):
            raise KubectlError(f"reading manifests from a URL is not built in this simulator: {path}")
        try:
            documents = read_path(path, recursive=recursive)
        except ManifestError as error:
            problem = KubectlError(str(error))
            if str(error).startswith(("the path ", "error reading ")):
                raise problem from None
            return lambda: _fail(problem)
        return lambda: documents

    def _by_files(self, sources: Sequence[Callable[[], list[Document]]]) -> Found:
        if self.types and not self.names:
            raise KubectlError(
                "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"
            )
        if self.names:
            raise KubectlError("name cannot be provided when a path is specified")
        if self.pairs:
            raise KubectlError("resource/name arguments cannot be provided when a path is specified")
        steps, errors = [], []
        for source in sources:
            try:
                steps += [self._document_step(document) for document in source()]
            except K8snbError as error:
                errors.append(error if isinstance(error, KubectlError) else KubectlError(str(error)))
        paths = self.session.flags["filename"]
        found = self._run(steps, single=len(steps) == 1 and "-" not in paths)
        found.errors[:0] = errors
        return self._selected(found)

    def _document_step(self, document: Document) -> Step:
        def step() -> list[Info]:
            info = self._info_of(document)
            self._place(info)
            if self.query.latest and not self.query.local:
                info.get(self.session.server)
            return [info]

        return step

    def _info_of(self, document: Document) -> Info:
        body, source = document
        if self.session.legacy:
            body, warning = modernize(body)
            if warning:
                self.session.warn(warning)
        meta = _checked_metadata(body, source)
        resource = BY_KIND.get(body["kind"])
        if resource is None or resource.api_version != body["apiVersion"]:
            _refuse_unbuilt(body)
            raise KubectlError(
                f"resource mapping not found for name: {go_quote(meta.name)} namespace: {go_quote(meta.namespace)} "
                f"from {go_quote(source)}: no matches for kind {go_quote(body['kind'])} in version "
                f"{go_quote(body['apiVersion'])}\nensure CRDs are installed first"
            )
        if self.query.typed:
            body = _typed(resource, body, source)
        return Info(resource, meta.namespace, meta.name, source, document=body)

    def _place(self, info: Info) -> None:
        """Give a document its namespace, or refuse the one that it names."""
        assert info.document is not None
        if not info.resource.namespaced:
            info.namespace = ""
            info.document = _with_namespace(info.document, "")
            return
        session = self.session
        if not info.namespace:
            info.namespace = session.namespace
            info.document = _with_namespace(info.document, session.namespace)
        elif session.namespace_given and info.namespace != session.namespace:
            given, wanted = go_quote(info.namespace), go_quote(session.namespace)
            raise KubectlError(
                f"the namespace from the provided object {given} does not match the namespace {wanted}. "
                f"You must pass '--namespace={info.namespace}' to perform this operation."
            )

    def _selected(self, found: Found) -> Found:
        """Of documents, a selector takes those whose labels it matches."""
        if not self.labels:
            return found
        try:
            selector = parse_selector(self.labels)
        except SelectorError as error:
            raise KubectlError(f"the provided selector {go_quote(self.labels)} is not valid: {error}") from None
        found.infos = [i for i in found.infos if selector.matches(i.body.get("metadata", {}).get("labels") or {})]
        return found

    # -- types, names and selectors

    def _resource(self, word: str) -> Resource:
        """The resource of a word; a short name that others have too is warned of."""
        resource = resource_of(word)
        others = [r for r in DISCOVERED if word in r.short_names and r != resource]
        for other in others:
            text = f"short name {go_quote(word)} could also match lower priority resource {other.qualified}"
            self.session.warn_once(text)
        return resource

    def _by_selector(self) -> Found:
        if self.names:
            raise KubectlError("name cannot be provided when a selector is specified")
        if self.pairs:
            raise KubectlError("selectors and the all flag cannot be used when passing resource/name arguments")
        if not self.types:
            raise KubectlError("at least one resource must be specified to use a selector")
        if self.session.flags.values.get("subresource"):
            raise KubectlError("subresource cannot be used when bulk resources are specified")
        if len(self.types) > 1 and self.query.single_type:
            raise KubectlError("you may only specify a single resource type")
        resources = list(dict.fromkeys(map(self._resource, self.types)))
        found = self._run([self._list_step(resource) for resource in resources], single=False)
        return replace(found, listed=tuple(resources))

    def _list_step(self, resource: Resource) -> Step:
        namespace = None if self.query.all_namespaces else self.session.namespace
        labels, fields = self.labels or "", self.fields or ""
        return lambda: list_infos(self.session, resource, namespace, labels, fields)

    def _by_pairs(self) -> Found:
        named = [(self._resource(word), name) for word, name in self.pairs]
        if self.query.single_type and len({resource.plural for resource, _ in named}) > 1:
            raise KubectlError("you may only specify a single resource type")
        return self._run([self._name_step(*pair) for pair in named], single=len(named) == 1)

    def _by_names(self) -> Found:
        if len(self.types) > 1:
            raise KubectlError("you must specify only one resource")
        resource = self._resource(self.types[0])
        return self._run([self._name_step(resource, name) for name in self.names], single=len(self.names) == 1)

    def _name_step(self, resource: Resource, name: str) -> Step:
        if resource.namespaced and self.query.all_namespaces:
            raise KubectlError("a resource cannot be retrieved by name across all namespaces")
        info = Info(resource, self.session.namespace if resource.namespaced else "", name)

        def step() -> list[Info]:
            if self.query.fetch:
                info.get(self.session.server)
            return [info]

        return step

    def _run(self, steps: Sequence[Step], *, single: bool) -> Found:
        found = Found([], [], single, self.query.continue_on_error)
        for step in steps:
            try:
                found.infos += step()
            except K8snbError as error:
                found.errors.append(error)
                if not self.query.continue_on_error:
                    break
        return found


def _fail(error: K8snbError) -> list[Document]:
    raise error


def _checked_paths(paths: Sequence[str]) -> Sequence[str]:
    if paths.count("-") > 1:
        raise KubectlError("standard input cannot be used for multiple arguments")
    return paths


def _spread(args: list[str]) -> list[str]:
    """``deploy,svc web`` means ``deploy/web svc/web``."""
    types = _split_types(args[0]) if len(args) > 1 else []
    if len(types) > 1:
        return [f"{word}/{name}" for word in types for name in args[1:]]
    return args


def _split_types(word: str) -> list[str]:
    return list(dict.fromkeys(word.split(",")))


def _split_pair(arg: str) -> tuple[str, str]:
    word, *names = arg.split("/")
    if len(names) != 1:
        raise KubectlError("arguments in resource/name form may not have more than one slash")
    if not word or not names[0] or len(_split_types(word)) != 1:
        raise KubectlError("arguments in resource/name form must have a single resource and name")
    return word, names[0]


def _replace_categories(words: str) -> str:
    return ",".join(",".join(_category(word)) for word in words.split(","))


def _category(word: str) -> Iterator[str]:
    found = [r.qualified for r in DISCOVERED if word in r.categories]
    yield from found or [word]


def _checked_metadata(body: dict[str, object], source: str) -> ObjectMeta:
    """The metadata of a document; fields of the wrong type are refused before the server sees them."""
    metadata = body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        kind = {str: "string", list: "array", bool: "bool"}.get(type(metadata), "number")
        problem = (
            f"json: cannot unmarshal {kind} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
        )
        raise KubectlError(f"unable to decode {go_quote(source)}: {problem}")
    try:
        return from_dict(ObjectMeta, by_key(metadata or {}))
    except DecodeError as error:
        text = str(error)
        if not text.startswith("json: "):  # an unknown field: the server's to refuse
            return _known_metadata(metadata or {})
        problem = text.replace("ObjectMeta.", "ObjectMeta.metadata.").replace("Reference.", "Reference.metadata.")
        raise KubectlError(f"unable to decode {go_quote(source)}: {problem}") from None


def _refuse_unbuilt(body: dict[str, object]) -> None:
    """Say so where a document is of a kind that a cluster has, and this one does not."""
    if any((r.kind, r.api_version) == (body["kind"], body["apiVersion"]) for r in SERVED):
        raise KubectlError(f"{body['kind']} objects are not built in this simulator")


def _typed(resource: Resource, body: dict[str, object], source: str) -> dict[str, object]:
    try:
        return to_dict(from_dict(resource.cls, body, strict=False))
    except DecodeError as error:
        raise KubectlError(f"unable to decode {go_quote(source)}: {error}") from None


def _known_metadata(metadata: dict[str, object]) -> ObjectMeta:
    name, namespace = metadata.get("name"), metadata.get("namespace")
    return ObjectMeta(name=str(name or ""), namespace=str(namespace or ""))


def _with_namespace(body: dict[str, object], namespace: str) -> dict[str, object]:
    metadata = dict(body.get("metadata") or {})  # type: ignore[call-overload]
    if namespace:
        metadata["namespace"] = namespace
    else:
        metadata.pop("namespace", None)
    return {**body, "metadata": metadata}


def aggregate_of(found: Found) -> K8snbError | None:
    """What went wrong with the objects of a line, as one error."""
    if not found.errors:
        return None
    return found.errors[0] if len(found.errors) == 1 else Aggregate(found.errors)
