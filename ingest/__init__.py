"""IN: the web becomes Documents.

Discovery, polite fetching, the WARC archive and the parsers live here; it is the only code that touches the network.
It knows nothing of language analysis or of the warehouse.
"""
