"""Go templates, applied to JSON values: ``{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}``.

References
----------
``text/template/exec.go``
``staging/src/k8s.io/cli-runtime/pkg/printers/template.go GoTemplatePrinter @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, NoReturn

from k8snb.kubectl.go_format import go_type, sprint
from k8snb.kubectl.go_template_functions import FunctionError, FUNCTIONS, MISSING, shown, truth
from k8snb.kubectl.go_template_parser import Block, Branch, Call, Jump, Operand, parse, ParseError, Pipeline

_DEEPEST = 25  # templates within templates
_MOST_ROUNDS = 1_000_000


class TemplateError(ValueError):
    """A template that cannot be read or applied.

    ``written`` is what it gave before it failed.
    """

    def __init__(self, message: str, written: str = "") -> None:
        super().__init__(message)
        self.written = written


class GoTemplate:
    """A template, ready to be applied.

    Parameters
    ----------
    source
        The template.
    allow_missing_keys
        A field that is not there prints as ``<no value>``; else it is an error.

    Raises
    ------
    TemplateError
        When the template cannot be read.

    Examples
    --------
    >>> template = GoTemplate("{{range $i, $x := .items}}{{if $i}}, {{end}}{{$x.n}}{{end}}")
    >>> template.execute({"items": [{"n": 1}, {"n": 2}]})
    '1, 2'
    """

    def __init__(self, source: str, *, allow_missing_keys: bool = True) -> None:
        try:
            self._parsed = parse(source, FUNCTIONS.keys())
        except ParseError as error:
            raise TemplateError(str(error)) from None
        self._source = source
        self._allow_missing_keys = allow_missing_keys

    def execute(self, value: Any) -> str:
        """The filled-in template."""
        run = _Run(self._source, self._parsed.defined, self._allow_missing_keys)
        run.variables.append(_Variable("$", value))
        run.block(self._parsed.root, _Dot(value))
        return "".join(run.written)


class _Dot(NamedTuple):
    """The value that ``.`` stands for. `boxed`: Go knows of it only that it is some value."""

    value: Any
    boxed: bool = False


class _Variable:
    """A variable: its name and what it holds now."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value


class _Run:
    """One application of a template."""

    def __init__(self, source: str, defined: dict[str, Block], allow_missing_keys: bool) -> None:
        self.source = source
        self.defined = defined
        self.allow_missing_keys = allow_missing_keys
        self.written: list[str] = []
        self.variables: list[_Variable] = []
        self.depth = 0
        self.spent = 0

    def fail(self, message: str, at: int, context: str) -> NoReturn:
        before = self.source[:at]
        line, column = 1 + before.count("\n"), at - (before.rfind("\n") + 1)
        where = f'template: output:{line}:{column}: executing "output" at <{context}>'
        raise TemplateError(f"{where}: {message}", "".join(self.written))

    # -- nodes

    def block(self, block: Block, dot: _Dot) -> str:
        """Apply nodes; the word ``break`` or ``continue`` where one of them leaves a loop."""
        for node in block.nodes:
            if isinstance(node, str):
                self.written.append(node)
            elif isinstance(node, Pipeline):
                value = self.pipeline(node, dot)
                if not node.variables:
                    self.written.append(shown(value))
            elif isinstance(node, Jump):
                return node.keyword
            elif isinstance(node, Call):
                self.call(node, dot)
            elif leave := self.branch(node, dot):
                return leave
        return ""

    def call(self, node: Call, dot: _Dot) -> None:
        body = self.defined.get(node.name)
        context = f'{{{{template "{node.name}"}}}}'
        if body is None:
            self.fail(f'template "{node.name}" not defined', node.at, context)
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"exceeded maximum template depth ({_DEEPEST})", node.at, context)
        self.spend(node.at, context)
        value = MISSING if node.pipeline is None else self.pipeline(node.pipeline, dot)
        outer, self.variables = self.variables, [_Variable("$", value)]
        self.block(body, _Dot(value))
        self.depth -= 1
        self.variables = outer

    def spend(self, at: int, context: str) -> None:
        """Count a round of a loop or a call, for a template need not come to an end by itself."""
        self.spent += 1
        if self.spent > _MOST_ROUNDS:
            self.fail(f"exceeded {_MOST_ROUNDS} rounds and calls", at, context)

    def branch(self, node: Branch, dot: _Dot) -> str:
        scope = len(self.variables)
        try:
            if node.keyword == "range":
                return self.loop(node, dot)
            value = self.pipeline(node.pipeline, dot)
            if truth(value):
                return self.block(node.body, _Dot(value) if node.keyword == "with" else dot)
            return self.block(node.otherwise, dot)
        finally:
            del self.variables[scope:]

    def loop(self, node: Branch, dot: _Dot) -> str:
        value = self.pipeline(Pipeline(node.pipeline.commands), dot)
        names, scope, ran = node.pipeline.variables, len(self.variables), False
        for key, item in self.items(value, node):
            ran = True
            self.spend(node.at, node.keyword)
            self.assign_item(node.pipeline, names, key, item)
            leave = self.block(node.body, _Dot(item, boxed=True))
            del self.variables[scope:]
            if leave == "break":
                break
        return "" if ran else self.block(node.otherwise, dot)

    def assign_item(self, pipeline: Pipeline, names: Sequence[str], key: Any, item: Any) -> None:
        """Give the variables of a range their values: the element, or its key and the element."""
        values = (item,) if len(names) == 1 else (key, item)
        for name, value in zip(names, values, strict=False):
            self.assign(name, value, declares=pipeline.declares)

    def items(self, value: Any, node: Branch) -> Iterator[tuple[Any, Any]]:
        if isinstance(value, dict):
            yield from ((key, value[key]) for key in sorted(value))
        elif isinstance(value, list):
            yield from enumerate(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield from ((i, i) for i in range(value))
        elif value is not MISSING and value is not None:
            at, text = _place(node.pipeline)
            self.fail(f"range can't iterate over {sprint(value)}", at, text)

    # -- values

    def assign(self, name: str, value: Any, *, declares: bool) -> None:
        if declares:
            self.variables.append(_Variable(name, value))
            return
        next(v for v in reversed(self.variables) if v.name == name).value = value

    def pipeline(self, pipeline: Pipeline, dot: _Dot) -> Any:
        value: Any = None
        for i, command in enumerate(pipeline.commands):
            value = self.command(command, dot, [value] if i else [])
            value = MISSING if value is None else value
        for name in pipeline.variables:
            self.assign(name, value, declares=pipeline.declares)
        return value

    def command(self, command: Sequence[Operand], dot: _Dot, final: list[Any]) -> Any:
        """A command's value; `final` holds that of the one before it."""
        first = command[0]
        if first.kind == "function":
            return self.follow(self.function(command, dot, final), first, first.fields, boxed=False)
        if len(command) > 1 or final:
            if first.fields:
                self.fail(f"{first.fields[-1]} is not a method but has arguments", first.at, first.text)
            self.fail(f"can't give argument to non-function {first.text}", first.at, first.text)
        if first.kind == "nil":
            self.fail("nil is not a command", first.at, first.text)
        return self.operand(first, dot)

    def operand(self, operand: Operand, dot: _Dot) -> Any:
        if operand.kind == "literal":
            return operand.value
        if operand.kind == "nil":
            return None
        if operand.kind == "function":
            return self.follow(self.function([operand], dot, []), operand, operand.fields, boxed=False)
        if operand.kind in ("dot", "field"):
            return self.follow(dot.value, operand, operand.fields, dot.boxed)
        if operand.kind == "variable":
            value = next(v.value for v in reversed(self.variables) if v.name == operand.value)
            return self.follow(value, operand, operand.fields, boxed=False)
        return self.follow(self.pipeline(operand.value, dot), operand, operand.fields, boxed=False)

    def follow(self, value: Any, operand: Operand, fields: Sequence[str], boxed: bool) -> Any:
        """The field of a field of … a value."""
        for name in fields:
            value = self.field(value, name, operand, boxed)
            boxed = True
        return value

    def field(self, value: Any, name: str, operand: Operand, boxed: bool) -> Any:
        if isinstance(value, dict) and (name in value or self.allow_missing_keys):
            return value.get(name, MISSING)
        if value is MISSING and self.allow_missing_keys:
            return MISSING
        if isinstance(value, dict):
            reason = f'map has no entry for key "{name}"'
        elif value is MISSING:
            reason = f'nil data; no entry for key "{name}"'
        elif value is None:
            reason = f"nil pointer evaluating interface {{}}.{name}"
        else:
            reason = f"can't evaluate field {name} in type {'interface {}' if boxed else go_type(value)}"
        return self.fail(reason, operand.at, operand.text)

    def function(self, command: Sequence[Operand], dot: _Dot, final: list[Any]) -> Any:
        first, shown_as = command[0], " ".join(operand.text for operand in command)
        function, count = FUNCTIONS[first.value], len(command) - 1 + len(final)
        if count < function.least or (function.most is not None and count > function.most):
            want = f"at least {function.least}" if function.most is None else f"{function.least}"
            self.fail(f"wrong number of args for {first.value}: want {want} got {count}", first.at, shown_as)
        arguments: list[Any] = []
        for operand in command[1:]:
            arguments.append(self.operand(operand, dot))
            if first.value in ("and", "or") and truth(arguments[-1]) == (first.value == "or"):
                return arguments[-1]
        try:
            return function.call([*arguments, *final])
        except (FunctionError, ValueError) as error:
            self.fail(f"error calling {first.value}: {error}", first.at, shown_as)


def _place(pipeline: Pipeline) -> tuple[int, str]:
    """Where a pipeline begins, and how an error shows it."""
    first = pipeline.commands[0][0]
    return first.at, str(pipeline)
