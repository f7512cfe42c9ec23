-- What a later look needs: validators of a response, addresses of media, pages that lost their outlet's layout.

ALTER TABLE fetches ADD COLUMN etag text;
ALTER TABLE fetches ADD COLUMN last_modified text;
COMMENT ON COLUMN fetches.etag IS 'ETag header of the answer, word for word; asks for the page again only if it changed.';
COMMENT ON COLUMN fetches.last_modified IS 'Last-Modified header of the answer, word for word.';

ALTER TABLE documents ADD COLUMN media_urls text[];
COMMENT ON COLUMN documents.media IS 'Kinds of media in it: photo, video, voice, document, contact …';
COMMENT ON COLUMN documents.media_urls IS 'Addresses of its pictures and films, which are not downloaded; empty before schema 3.';

ALTER TABLE documents ADD COLUMN views_granularity bigint;
COMMENT ON COLUMN documents.views_granularity IS 'What the site rounds views to: 37.2K is 37200 to the nearest 100.';
COMMENT ON COLUMN documents.canonical_url IS 'Address that the page names as its own; of a post, on t.me and in lower case.';

ALTER TABLE coverage ADD COLUMN off_layout bigint;
COMMENT ON COLUMN coverage.off_layout IS 'How many pages no longer fitted the outlet''s own parser and were read by the generic one.';
