"""Pictures of a cluster as plain data and SVG: what the widgets draw, without any widget.

`history.History` follows a cluster's log; `graph.GraphPicture` and `timeline.TimelinePicture` are computed from it for
any moment; `svg_graph` and `svg_timeline` draw them where no widget runs.
"""
