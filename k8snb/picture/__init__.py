"""Pictures of a cluster as plain data and SVG: what the widgets draw, without any widget.

`chronicle.Chronicle` follows a cluster's log; `graph` and `timeline` compute pictures from it for any moment;
`svg_graph` and `svg_timeline` draw them where no widget runs.
"""
