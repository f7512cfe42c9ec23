"""The report of the last night: one HTML file that opens anywhere and asks the network for nothing.

`page` writes it; nothing is imported here, for `wording` serves the explorer too, which draws no chart.
"""
