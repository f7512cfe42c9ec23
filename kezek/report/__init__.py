"""The report of the last night: one HTML file that opens anywhere and asks the network for nothing."""

from kezek.report.page import write_report

__all__ = ["write_report"]
