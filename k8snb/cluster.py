"""The public face of the simulator: a cluster to apply manifests to, to run, to look back on and to branch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from threading import RLock
from typing import Any, Concatenate, ParamSpec, TypeVar

from k8snb import kubectl
from k8snb.api.json_reader import replace_surrogates
from k8snb.api.manifests import Manifest, ManifestError, read_manifest, type_name
from k8snb.api.resources import BY_KIND, find
from k8snb.api.types.node import NodeSystemInfo
from k8snb.bootstrap import create_base_objects
from k8snb.cluster_tables import ClusterTables
from k8snb.control_plane import ControlPlane
from k8snb.errors import K8snbError, SimulationError
from k8snb.faults import check_fault, describe_fault, inject
from k8snb.journal import describe_action, JournalEntry
from k8snb.kubectl import Result
from k8snb.kubelet.probe_report import ProbeReport
from k8snb.kubelet.program import ImagePrograms
from k8snb.machinery.history import History, View
from k8snb.machinery.log import Log, NO_CAUSE
from k8snb.machinery.server import ApiServer, EPOCH_MS, Reader
from k8snb.network import Traffic
from k8snb.nodes import describe_nodes, lease_of, node_from, NodeDescription, SYSTEM
from k8snb.running import RunningCommand
from k8snb.sim.loop import rare_collections
from k8snb.sim.streams import Streams
from k8snb.sim.time import milliseconds
from k8snb.step import Step
from k8snb.why import explain, Explanation, still_moving

P = ParamSpec("P")
R = TypeVar("R")

MISSING_IMAGES = ("*broken*",)
SETTLE_TIMEOUT_SECONDS = 3600.0
LONGEST_WAIT_MS = 1_000_000_000  # a command that has more than eleven days has no limit
PATIENCE_MS = 3_600_000  # so long it waits then, if anything moves


def _alone(method: Callable[Concatenate[Cluster, P], R]) -> Callable[Concatenate[Cluster, P], R]:
    """A method that no other thread may run beside another one of the same cluster."""

    @wraps(method)
    def alone(self: Cluster, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock, rare_collections():
            return method(self, *args, **kwargs)

    return alone


class Cluster(ClusterTables):
    """A simulated Kubernetes cluster.

    Parameters
    ----------
    nodes
        How many nodes, or a list of descriptions: ``name``, ``count``, ``cpu``, ``memory``, ``pods``, ``labels``,
        ``taints``, ``zone``.
    seed
        The seed of every random stream. Equal inputs and seeds give equal runs.
    missing_images
        Patterns of images that cannot be pulled.
    annotated
        Whether every pod lives by whole seconds, as the ``k8snb.dev/`` annotations and their defaults say. Else only
        pods with such annotations do, and all others draw their times from distributions.
    exact
        Whether those others take next to no time to pull and start, and 0.3 s to stop, instead.
    legacy_versions
        Whether manifests of versions that Kubernetes no longer serves (``extensions/v1beta1`` …) are converted, with
        a warning, or refused as a cluster of today refuses them.

    Attributes
    ----------
    images
        What containers do, by image: a script, ``run=3 exit=1``, a `Program`, or a function that is given a `Start`
        (its number and names) and returns either, the same for the same start. Branches know them too; a saved session
        does not, for functions cannot be written down.

    Examples
    --------
    >>> cluster = Cluster(nodes=2)
    >>> print(cluster.kubectl("create deployment web --image=nginx --replicas=2"))
    deployment.apps/web created
    >>> cluster.run_until_settled()
    >>> print(cluster.kubectl("get deployment web -o jsonpath={.status.readyReplicas}"))
    2
    """

    def __init__(
        self,
        nodes: int | Sequence[NodeDescription] = 3,
        seed: int = 0,
        *,
        missing_images: Sequence[str] = MISSING_IMAGES,
        annotated: bool = False,
        exact: bool = False,
        legacy_versions: bool = True,
    ) -> None:
        _check_settings(seed, missing_images)
        self.config: dict[str, Any] = {
            "nodes": [dict(n) for n in describe_nodes(nodes)],
            "seed": seed,
            "missing_images": list(missing_images),
            "annotated": annotated,
            "exact": exact,
            "legacy_versions": legacy_versions,
        }
        self.journal: list[JournalEntry] = []
        self.lock = RLock()  # callbacks of widgets come in threads of their own
        self.images = ImagePrograms()
        kubelet = "annotated" if annotated else "exact" if exact else "distributed"
        self._plane = ControlPlane(seed, kubelet, missing_images, self.images)
        self._loop = self._plane.loop
        self._history = History(self.log)
        self._stop_ms: int | None = None
        with self.server.store.on_behalf_of("cluster", NO_CAUSE):
            create_base_objects(self.server)
            for description in self.config["nodes"]:
                self._register(description)

    # -- asking

    @property
    def server(self) -> ApiServer:
        """The API server."""
        return self._plane.server

    @property
    def log(self) -> Log:
        """Every input and every write, in order."""
        return self.server.store.log

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the cluster's start."""
        return self._loop.now_ms

    @property
    def now(self) -> float:
        """Simulated seconds since the cluster's start."""
        return self._loop.now_ms / 1000

    def get(self, kind: str, name: str, namespace: str = "default") -> Any:
        """One object, typed.

        Parameters
        ----------
        kind
            A kind, plural or short name: ``deployment``, ``deploy``.

        Raises
        ------
        NotFound
            When there is none of that name.
        K8snbError
            When there is no such kind.
        """
        return get_object(self.server, kind, name, namespace)

    @_alone
    def at(self, seconds: float) -> View:
        """The cluster as it was at a moment of its past; the view answers everything that reads."""
        return self._history.view(self._past_ms(seconds))

    @_alone
    def why(self, reference: str, at: float | None = None, *, namespace: str = "default") -> Explanation:
        """Why an object is there, went, waits, or stands still: the chain of causes back to an input.

        Parameters
        ----------
        reference
            ``pod/web-…``, ``deployment/web``; ``shop:pod/web-…`` names an object of the namespace ``shop``, too.
        at
            The moment to ask about, in seconds; now by default.
        namespace
            Where the object is; of no account for what has no namespace, as nodes.

        Raises
        ------
        NotFound
            When no object of that name was there by then.
        K8snbError
            When the reference is not of the form ``kind/name``, or there is no such kind.
        """
        reader: Reader = self.server if at is None else self.at(at)
        return explain(self.log, reader, str(reference), namespace)

    def traffic(
        self, service: str, rate: float = 50.0, *, namespace: str = "default", delay: float = 0.5, duration: float = 0.1
    ) -> Traffic:
        """Requests to a service, from its creation on: how many were served, and which were dropped where.

        They are read off the run, past and to come, and change nothing: ask at any time, with any rate and delay.

        Parameters
        ----------
        rate
            Requests a second.
        delay
            Seconds until the nodes' proxies know of a change of the service's endpoints.
        duration
            Seconds that it takes to answer a request.

        Raises
        ------
        NotFound
            When there is no such service.
        K8snbError
            When the rate is not above 0, or a time is none.

        Examples
        --------
        >>> cluster = Cluster(exact=True)
        >>> for line in ("create deployment web --image=nginx --port=80", "expose deployment web"):
        ...     assert cluster.kubectl(line).exit == 0
        >>> cluster.run(10)
        >>> traffic = cluster.traffic("web", rate=10)
        >>> traffic.served + traffic.dropped
        100
        """
        resource = BY_KIND["Service"]
        self.server.get(resource, namespace, service)
        stream = Streams(self.config["seed"]).stream(f"traffic {namespace}/{service}")
        return Traffic(
            self.log, f"{namespace}/{service}", self._plane.kubelets.service, lambda: self.now_ms, stream,
            rate=rate, delay_ms=milliseconds(delay, "delay"), duration_ms=milliseconds(duration, "duration"),
        )  # fmt: skip

    def probes(self, pod: str, namespace: str = "default") -> Sequence[ProbeReport]:
        """What a pod's probes have found lately; empty when nobody executes any.

        Raises
        ------
        NotFound
            When there is no such pod.
        """
        return self._plane.kubelets.probe_reports(self.get("pod", pod, namespace).metadata.uid)

    # -- acting

    def apply(self, manifest: Manifest) -> Result:
        """Apply a manifest, as ``kubectl apply -f`` does; returns at once.

        Parameters
        ----------
        manifest
            YAML or JSON text, a file, a folder, one object as a dict, or a list of these.
        """
        try:
            return self._input({"apply": _manifest_text(manifest)})
        except ManifestError as error:
            return Result(1, "", f"error: {error}\n")

    def delete(self, reference: str, namespace: str = "default") -> Result:
        """Delete an object, ``pod/web-…``; returns at once."""
        return self.kubectl(f"delete {reference} -n {namespace} --wait=false")

    def kubectl(self, line: str, stdin: str = "") -> Result:
        """Run a kubectl command line. A command that waits lets simulated time pass.

        A watch (``get pods -w``, ``events -w``) prints all that happens until its ``--request-timeout`` is over, or,
        without one, until nothing is going to change any more.

        Examples
        --------
        >>> Cluster().kubectl("get pods").stderr
        'No resources found in default namespace.\\n'
        """
        for text in (line, stdin):
            if not isinstance(text, str):
                return Result(1, "", f"error: a command line is a text, not {type_name(text)}\n")
        return self._input({"kubectl": line, **({"stdin": stdin} if stdin else {})})

    def fault(
        self, *, node: str = "", pod: str = "", registry: str = "", state: str, container: str = "", code: int = 1,
        probe: str = "liveness", seconds: int = 60, spec: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Let something fail, or recover.

        Parameters
        ----------
        node, state
            A node goes ``down``, comes ``up`` again, or is added (``add``, with its description in `spec`).
        pod, state
            A pod of the default namespace (or ``namespace/name``) becomes ``unready`` or ``ready``, its `container`
            (if none is named, all but the init containers) will ``exit`` with `code`, or its probes of one kind
            (`probe`: ``liveness``, ``readiness``, ``startup``) find it ``failing`` whatever it does, until they are
            ``passing`` again.
        registry, state
            Pulls of the images of a pattern (``*``, ``app:*``) fail (``down``), take `seconds` each (``slow``), or are
            well again (``up``).

        Raises
        ------
        NotFound
            When there is no such pod or node.
        K8snbError
            When there is no such state, container, exit code, probe or description of a node.
        """
        subjects = {"node": node, "pod": pod, "registry": registry}
        self._input({"fault": describe_fault(subjects, state, container, code, probe, seconds, spec)})

    # -- time

    @_alone
    def run(self, seconds: float, max_steps: int | None = None) -> None:
        """Let so many seconds pass.

        Raises
        ------
        SimulationError
            When more than `max_steps` events would be needed.
        """
        self._loop.run_until(self.now_ms + milliseconds(seconds), max_steps)

    @_alone
    def run_until(self, condition: float | Callable[[], object], timeout: float = SETTLE_TIMEOUT_SECONDS) -> None:
        """Let time pass up to a moment in seconds, or until a predicate holds.

        Raises
        ------
        SimulationError
            When the predicate does not hold within `timeout` seconds.
        """
        if not callable(condition):
            self._loop.run_until(milliseconds(condition))
        elif not self._wait(condition, milliseconds(timeout, "timeout")):
            raise SimulationError(f"the condition did not hold within {timeout:g} s (now {self.now:g} s)")

    @property
    def settled(self) -> bool:
        """Whether nothing is going to change any more but heartbeats and pulls that fail again."""
        return self._loop.idle

    @_alone
    def run_until_settled(self, timeout: float = SETTLE_TIMEOUT_SECONDS) -> None:
        """Let time pass until nothing is going to change any more but heartbeats and pulls that fail again.

        Raises
        ------
        SimulationError
            When that takes more than `timeout` seconds; it names what still moves.
        """
        deadline = self.now_ms + milliseconds(timeout, "timeout")
        if not self._loop.run_until_idle(deadline):
            moving = still_moving(self.server) or dict.fromkeys(t.name for t in self._loop.pending()[:5])
            raise SimulationError(f"not settled after {timeout:g} s: {'; '.join(moving)}")

    @_alone
    def step(self) -> Step | None:
        """Run the next event that changes something; says what it was. None when nothing is to come."""
        seq = len(self.log)
        while (timer := self._loop.step()) is not None:
            changes = list(self.log.changes(seq))
            if changes or self._loop.idle:
                return Step(self.now, timer.name, changes)
        return None

    # -- branching

    @_alone
    def fork(self, at: float | None = None) -> Cluster:
        """An independent cluster with the same past up to a moment in seconds (by default: now)."""
        until_ms = self.now_ms if at is None else self._past_ms(at)
        branch = Cluster(**self.config)
        branch.images.update(self.images)
        branch.replay(self.journal, until_ms)
        if at is None:
            branch._step_to(self._loop.steps)
        return branch

    @_alone
    def replay(self, journal: Sequence[JournalEntry], until_ms: int) -> None:
        """Do what a journal says, each input at its very place, up to a moment; then run to that moment."""
        self._stop_ms = until_ms
        try:
            for entry in journal:
                if entry.time_ms > until_ms:
                    break
                self._step_to(entry.steps)
                self._loop.run_until(entry.time_ms) if not entry.steps else self._loop.set_time(entry.time_ms)
                self._input(entry.action)
        finally:
            self._stop_ms = None
        if self.now_ms < until_ms:
            self._loop.run_until(until_ms)

    # -- inside

    def _step_to(self, steps: int) -> None:
        """Run until so many events have run; raises SimulationError where nothing is to come before that."""
        while self._loop.steps < steps:
            if self._loop.step() is None:
                raise SimulationError("the journal does not lead to where it was written: it lacks something")

    @_alone
    def begin(self, action: dict[str, Any], pace_ms: int = 0, flags: Sequence[str] = ()) -> RunningCommand | None:
        """Put an input on the journal and the log, and begin it; None when it is a fault, which is done at once.

        A fault of what is not there is refused before. The command runs to its end, or to where it first waits; with
        `pace_ms` it waits between the objects that it applies or deletes, as kubectl's requests take time. `flags`
        stand before the words of its line.
        """
        if "apply" not in action:  # a manifest says for itself what is wrong with it
            action = replace_surrogates(action)
        if "fault" in action:
            check_fault(self.server, action["fault"], self.config["annotated"])
        self.journal.append(JournalEntry(self.now_ms, self._loop.steps, action))
        kind, text = describe_action(action)
        entry = self.server.store.record_input(text, kind)
        with self.server.store.on_behalf_of("user", entry.seq):
            if "fault" in action:
                inject(self.server, self._plane.kubelets, action["fault"], self._register)
                return None
            line = "apply -f -" if "apply" in action else action["kubectl"]
            stdin = action.get("apply", action.get("stdin", ""))
            legacy = self.config["legacy_versions"]
            command = kubectl.run(line, self.server, stdin, legacy=legacy, pace_ms=pace_ms, flags=flags)
            return RunningCommand(command, entry.seq)

    @_alone
    def resume(self, command: RunningCommand, held: bool) -> None:
        """Let a command that waited go on; `held` says whether what it waited for came true."""
        with self.server.store.on_behalf_of("user", command.cause):
            command.resume(held)

    @_alone
    def _input(self, action: dict[str, Any]) -> Result:
        """Do an input to its end; where its command waits, simulated time passes."""
        command = self.begin(action)
        if command is None:
            return Result(0, "", "")
        while (wait := command.waiting) is not None:
            self.resume(command, self._wait(wait.predicate, wait.timeout_ms))
        return command.result

    def _wait(self, predicate: Callable[[], object], timeout_ms: int | None) -> bool:
        """Run until the predicate holds (True), or time is out (False); without a limit, while anything moves."""
        if timeout_ms is None or timeout_ms > LONGEST_WAIT_MS:
            patient, limit = True, self.now_ms + PATIENCE_MS
        else:
            patient, limit = False, self.now_ms + timeout_ms
        if self._stop_ms is not None:
            limit = min(limit, self._stop_ms)
        while not predicate():
            if patient and self._loop.idle:
                return False
            due = self._loop.next_time()
            if due is None or due > limit:
                self._loop.run_until(limit)
                return False
            self._loop.step()
        return True

    def _past_ms(self, seconds: float) -> int:
        past_ms = milliseconds(seconds)
        if past_ms > self.now_ms:
            raise K8snbError(f"{seconds:g} s is not in the past: the cluster is at {self.now:g} s")
        return past_ms

    def _register(self, description: NodeDescription) -> None:
        now = EPOCH_MS + self.now_ms
        # Kubelets that play by pods' annotations say nothing of themselves.
        node = node_from(description, now, NodeSystemInfo() if self.config["annotated"] else SYSTEM)
        lease = lease_of(self.server.create_object(node), now)
        if self.server.find(type(lease), lease.metadata.namespace, lease.metadata.name) is None:
            self.server.create_object(lease)

    def __repr__(self) -> str:
        counts = (f"{len(self.server.store.tables[k])} {label}" for k, label in (("Node", "nodes"), ("Pod", "pods")))
        return f"Cluster({', '.join(counts)}, {self.now:g} s)"


def _check_settings(seed: int, missing_images: Sequence[str]) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise K8snbError(f"seed: {seed!r} is no integer")
    listed = isinstance(missing_images, Sequence) and not isinstance(missing_images, str)
    if not listed or not all(isinstance(pattern, str) for pattern in missing_images):
        raise K8snbError(f"missing_images: {missing_images!r} is no list of patterns")


def _manifest_text(manifest: Manifest) -> str:
    """A manifest as text, which the journal can keep; files are read now."""
    if isinstance(manifest, str) and "\n" in manifest:
        return manifest
    return "\n---\n".join(json.dumps(document.body) for document in read_manifest(manifest))


def get_object(reader: Reader, kind: str, name: str, namespace: str = "default") -> Any:
    """One object of a reader by kind, plural or short name."""
    resource = find(str(kind))
    if resource is None:
        raise K8snbError(f'the server doesn\'t have a resource type "{kind}"')
    return reader.get(resource, namespace if resource.namespaced else "", name)
