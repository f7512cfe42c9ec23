"""THINK: Documents become entities, observations and claims.

The spaCy pipelines of three languages, the knowledge base, the topics and the claim patterns live here.
No network, no database: a Document goes in, an Annotation comes out.
"""
