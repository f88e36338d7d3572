"""Controls: declared in Python for each kind, drawn in the browser by one module.

`part.Controls` is the widget; `fields` the forms that controls take; `kinds` says which kind has which.
"""

from __future__ import annotations

from k8snb.widgets.controls.part import Controls

__all__ = ["Controls"]
