-- Which revisions the search for copies has not looked at is asked at every load, and there are hardly any.
CREATE INDEX documents_unsigned ON documents (document_id) WHERE signature IS NULL;
