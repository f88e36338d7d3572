"""k8snb in a notebook: ``%load_ext k8snb`` adds ``%kubectl`` and ``%%apply``, completion and rich display."""

from __future__ import annotations

from typing import Any

from k8snb.cluster import Cluster
from k8snb.notebook.display import cluster_html
from k8snb.notebook.magics import KubectlMagics


def load_ipython_extension(shell: Any) -> None:
    """Add the magics, their completion, and the display of clusters to an IPython shell."""
    magics = KubectlMagics(shell)
    shell.register_magics(magics)
    shell.set_hook("complete_command", magics.complete, str_key="%kubectl")
    shell.display_formatter.formatters["text/html"].for_type(Cluster, cluster_html)


def unload_ipython_extension(shell: Any) -> None:
    """Take the display of clusters away again; the magics stay, as IPython has no way to remove them."""
    shell.display_formatter.formatters["text/html"].pop(Cluster, None)
