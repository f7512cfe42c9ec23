-- Names for the curator of the knowledge base, and the language of the sentence in which something was said.

CREATE TABLE proposals (
    proposal_id text NOT NULL PRIMARY KEY,
    label text NOT NULL,
    name text NOT NULL,
    names text[] NOT NULL,
    documents bigint NOT NULL,
    sources bigint NOT NULL,
    side text NOT NULL,
    examples text[] NOT NULL,
    nearest_entity text,
    nearest_name text,
    likeness double precision,
    toml text NOT NULL,
    proposed_at timestamptz NOT NULL
);
COMMENT ON TABLE proposals IS 'Names that recur in the documents and are not in the knowledge base, for a curator to take or to dismiss; made anew at every publish.';
COMMENT ON COLUMN proposals.proposal_id IS 'Id that the entity would get.';
COMMENT ON COLUMN proposals.label IS 'PERSON, ORG or CHECKPOINT.';
COMMENT ON COLUMN proposals.name IS 'The commonest spelling.';
COMMENT ON COLUMN proposals.names IS 'All spellings, in all languages, the commonest first.';
COMMENT ON COLUMN proposals.documents IS 'How many documents name it; copies of one text count once.';
COMMENT ON COLUMN proposals.sources IS 'How many sources they are of.';
COMMENT ON COLUMN proposals.side IS 'What the texts agree on: KZ, RU, CN, OTHER; else UNKNOWN.';
COMMENT ON COLUMN proposals.examples IS 'Some of the documents, by document_id.';
COMMENT ON COLUMN proposals.nearest_entity IS 'The known entity whose spelling is nearest; nothing is merged by itself.';
COMMENT ON COLUMN proposals.nearest_name IS 'That spelling.';
COMMENT ON COLUMN proposals.likeness IS 'How near, from 0 to 1; 1 is the same letters but for script and accents.';
COMMENT ON COLUMN proposals.toml IS 'An entry to paste into a file of the knowledge base, with what speaks against it.';
COMMENT ON COLUMN proposals.proposed_at IS 'When it was proposed first (UTC).';

ALTER TABLE mentions ADD COLUMN lang text;
UPDATE mentions SET lang = annotations.lang FROM annotations
WHERE annotations.document_id = mentions.document_id AND annotations.content_sha256 = mentions.content_sha256
    AND annotations.model_version = mentions.model_version;
COMMENT ON COLUMN mentions.lang IS 'Language of the passage in which it stands: ru, kk or en.';

ALTER TABLE observations ADD COLUMN lang text;
UPDATE observations SET lang = annotations.lang FROM annotations
WHERE annotations.document_id = observations.document_id AND annotations.content_sha256 = observations.content_sha256
    AND annotations.model_version = observations.model_version;
COMMENT ON COLUMN observations.lang IS 'Language of the passage in which it stands: ru, kk or en.';
COMMENT ON COLUMN claims.lang IS 'Language of the passage in which it stands: ru, kk or en.';

ALTER TABLE mentions ADD COLUMN role text;
COMMENT ON COLUMN mentions.role IS 'Job title that stands beside the name, in dictionary form; empty where none does.';
COMMENT ON COLUMN entities.role IS 'For a person: the office held, from the knowledge base, else the job title met first.';
