-- Plain SQL, so that DuckDB and PostgreSQL both read it. Times are UTC. Keys are stable hashes made by warehouse/keys.py.

CREATE TABLE schema_migrations (
    number integer NOT NULL PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL
);
COMMENT ON TABLE schema_migrations IS 'Which numbered steps of the schema this warehouse has had.';
COMMENT ON COLUMN schema_migrations.number IS 'Number of the step, from 1.';
COMMENT ON COLUMN schema_migrations.name IS 'What the step does.';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When it was applied (UTC).';

CREATE TABLE sources (
    source_id text NOT NULL PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    side text NOT NULL,
    country text,
    languages text,
    affiliation text,
    home text
);
COMMENT ON TABLE sources IS 'The news sites and channels that are read, from ingest/sources.toml.';
COMMENT ON COLUMN sources.source_id IS 'Stable short name of the source.';
COMMENT ON COLUMN sources.name IS 'Its name for people.';
COMMENT ON COLUMN sources.kind IS 'What it is: a news site or a channel.';
COMMENT ON COLUMN sources.side IS 'The side it stands on: KZ, RU, CN, OTHER or UNKNOWN.';
COMMENT ON COLUMN sources.country IS 'Country of its office, ISO 3166-1 alpha-2.';
COMMENT ON COLUMN sources.languages IS 'Languages it writes in, ISO 639-1, separated by spaces.';
COMMENT ON COLUMN sources.affiliation IS 'Whose it is: state, private, agency …, as the sources file says.';
COMMENT ON COLUMN sources.home IS 'Address of its front page.';

CREATE TABLE runs (
    run_id text NOT NULL PRIMARY KEY,
    interval_start timestamptz NOT NULL,
    interval_end timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz
);
COMMENT ON TABLE runs IS 'One row a run of the pipeline over one data interval.';
COMMENT ON COLUMN runs.run_id IS 'Name of the run and its interval, e.g. nightly/2025-10-01.';
COMMENT ON COLUMN runs.interval_start IS 'Start of the data interval (UTC), included.';
COMMENT ON COLUMN runs.interval_end IS 'End of the data interval (UTC), not included.';
COMMENT ON COLUMN runs.started_at IS 'When the run began (UTC).';
COMMENT ON COLUMN runs.finished_at IS 'When it ended (UTC); empty while it runs, or where it was killed.';

CREATE TABLE fetches (
    fetch_id text NOT NULL PRIMARY KEY,
    run_id text NOT NULL,
    source_id text NOT NULL,
    url text NOT NULL,
    final_url text NOT NULL,
    fetched_at timestamptz NOT NULL,
    status integer,
    content_type text,
    bytes bigint NOT NULL,
    sha256 text,
    warc_file text,
    warc_offset bigint,
    error text
);
COMMENT ON TABLE fetches IS 'One row a look at the web, whether it worked or not.';
COMMENT ON COLUMN fetches.fetch_id IS 'Stable id of the fetch.';
COMMENT ON COLUMN fetches.run_id IS 'The run that made it.';
COMMENT ON COLUMN fetches.source_id IS 'The source it was made for.';
COMMENT ON COLUMN fetches.url IS 'The address that was asked for.';
COMMENT ON COLUMN fetches.final_url IS 'The address that answered, after redirects.';
COMMENT ON COLUMN fetches.fetched_at IS 'When the answer came (UTC).';
COMMENT ON COLUMN fetches.status IS 'HTTP status code; empty where no answer came.';
COMMENT ON COLUMN fetches.content_type IS 'Content-Type header of the answer.';
COMMENT ON COLUMN fetches.bytes IS 'Length of the decoded body, in bytes.';
COMMENT ON COLUMN fetches.sha256 IS 'Hex SHA-256 of the decoded body.';
COMMENT ON COLUMN fetches.warc_file IS 'WARC file with the answer, relative to the root of the archive.';
COMMENT ON COLUMN fetches.warc_offset IS 'Where its record starts in that file, in bytes.';
COMMENT ON COLUMN fetches.error IS 'What went wrong, one sentence; empty where nothing did.';

CREATE TABLE coverage (
    source_id text NOT NULL,
    interval_start timestamptz NOT NULL,
    interval_end timestamptz NOT NULL,
    discovered bigint NOT NULL,
    fetched bigint NOT NULL,
    parsed bigint NOT NULL,
    failed bigint NOT NULL,
    stop_reason text NOT NULL,
    gap_from timestamptz,
    gap_to timestamptz,
    complete boolean NOT NULL,
    run_id text,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (source_id, interval_start, interval_end)
);
COMMENT ON TABLE coverage IS 'How much of a source was seen for an interval: "nobody said it" and "we did not see it" are different answers.';
COMMENT ON COLUMN coverage.source_id IS 'The source.';
COMMENT ON COLUMN coverage.interval_start IS 'Start of the data interval (UTC), included.';
COMMENT ON COLUMN coverage.interval_end IS 'End of the data interval (UTC), not included.';
COMMENT ON COLUMN coverage.discovered IS 'Addresses of articles, or channel pages, found for the interval.';
COMMENT ON COLUMN coverage.fetched IS 'How many of them were answered with success.';
COMMENT ON COLUMN coverage.parsed IS 'How many were read as documents of the interval.';
COMMENT ON COLUMN coverage.failed IS 'How many failed.';
COMMENT ON COLUMN coverage.stop_reason IS 'Why the reading ended, e.g. the start of the interval was reached.';
COMMENT ON COLUMN coverage.gap_from IS 'Start of the time that could not be seen (UTC); empty where there is no gap.';
COMMENT ON COLUMN coverage.gap_to IS 'End of the time that could not be seen (UTC).';
COMMENT ON COLUMN coverage.complete IS 'True where the interval need not be read again.';
COMMENT ON COLUMN coverage.run_id IS 'The run that saw it.';
COMMENT ON COLUMN coverage.finished_at IS 'When the reading ended (UTC).';

CREATE TABLE documents (
    document_id text NOT NULL,
    content_sha256 text NOT NULL,
    revision integer NOT NULL,
    source_id text NOT NULL,
    kind text NOT NULL,
    lang text,
    url text NOT NULL,
    canonical_url text,
    title text NOT NULL,
    text text NOT NULL,
    author text,
    published_at timestamptz,
    published_precision text,
    published_from text,
    forwarded_from text,
    forwarded_url text,
    reply_to_url text,
    views bigint,
    edited boolean NOT NULL,
    links text[] NOT NULL,
    media text[] NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    gone_at timestamptz,
    gone_reason text,
    near_duplicate_of text,
    signature bytea,
    fetch_id text,
    extractor text NOT NULL,
    extractor_version text NOT NULL,
    PRIMARY KEY (document_id, content_sha256)
);
COMMENT ON TABLE documents IS 'One row a revision of an article or post. The current revision is the one with the greatest last_seen_at.';
COMMENT ON COLUMN documents.document_id IS 'Stable id of the article or post, the same for all its revisions.';
COMMENT ON COLUMN documents.content_sha256 IS 'Hex SHA-256 of title and text: tells revisions apart.';
COMMENT ON COLUMN documents.revision IS 'Number of the revision, from 1, in the order in which the warehouse met them.';
COMMENT ON COLUMN documents.source_id IS 'The source it was read at.';
COMMENT ON COLUMN documents.kind IS 'news or post.';
COMMENT ON COLUMN documents.lang IS 'Language by the page itself, ISO 639-1; empty where the page does not say.';
COMMENT ON COLUMN documents.url IS 'Address it was read at.';
COMMENT ON COLUMN documents.canonical_url IS 'Address that the page names as its own.';
COMMENT ON COLUMN documents.title IS 'Headline; empty for posts.';
COMMENT ON COLUMN documents.text IS 'The words, paragraphs on lines of their own. All offsets count its Unicode code points.';
COMMENT ON COLUMN documents.author IS 'Author as the page names them.';
COMMENT ON COLUMN documents.published_at IS 'When it was published (UTC), by its own account.';
COMMENT ON COLUMN documents.published_precision IS 'How exact published_at is: second, minute or day.';
COMMENT ON COLUMN documents.published_from IS 'Where on the page published_at was read.';
COMMENT ON COLUMN documents.forwarded_from IS 'Channel that a forwarded post came from.';
COMMENT ON COLUMN documents.forwarded_url IS 'Address of the forwarded post.';
COMMENT ON COLUMN documents.reply_to_url IS 'Address of the post it answers.';
COMMENT ON COLUMN documents.views IS 'Views that the page showed when last seen.';
COMMENT ON COLUMN documents.edited IS 'True where the page says that it was edited.';
COMMENT ON COLUMN documents.links IS 'Addresses that the text links to.';
COMMENT ON COLUMN documents.media IS 'Addresses of its pictures and films.';
COMMENT ON COLUMN documents.first_seen_at IS 'When this revision was first fetched (UTC).';
COMMENT ON COLUMN documents.last_seen_at IS 'When this revision was last fetched (UTC).';
COMMENT ON COLUMN documents.gone_at IS 'When it was found deleted (UTC); empty while it stands. Nothing is erased.';
COMMENT ON COLUMN documents.gone_reason IS 'How it was found deleted, one sentence: what the server answered, or which channel page skips the post.';
COMMENT ON COLUMN documents.near_duplicate_of IS 'document_id of an earlier document with nearly the same words, as found when this document was first seen.';
COMMENT ON COLUMN documents.signature IS 'MinHash signature, for the search for near duplicates.';
COMMENT ON COLUMN documents.fetch_id IS 'The fetch that first showed this revision.';
COMMENT ON COLUMN documents.extractor IS 'The parser that read it.';
COMMENT ON COLUMN documents.extractor_version IS 'Version of that parser.';

CREATE TABLE unparsed (
    unparsed_id text NOT NULL PRIMARY KEY,
    fetch_id text,
    source_id text NOT NULL,
    url text NOT NULL,
    error text NOT NULL,
    message text NOT NULL,
    found_at timestamptz,
    resolved boolean NOT NULL
);
COMMENT ON TABLE unparsed IS 'Answers that no document could be read from. The bytes are archived: reparse tries them again.';
COMMENT ON COLUMN unparsed.unparsed_id IS 'Stable hash of fetch_id and url.';
COMMENT ON COLUMN unparsed.fetch_id IS 'The fetch whose bytes they are.';
COMMENT ON COLUMN unparsed.source_id IS 'The source.';
COMMENT ON COLUMN unparsed.url IS 'Address of the page or post.';
COMMENT ON COLUMN unparsed.error IS 'Class of the error, e.g. LayoutError.';
COMMENT ON COLUMN unparsed.message IS 'The error in a sentence.';
COMMENT ON COLUMN unparsed.found_at IS 'When the bytes were fetched (UTC).';
COMMENT ON COLUMN unparsed.resolved IS 'True where a document was read from the same bytes later.';

CREATE TABLE annotations (
    document_id text NOT NULL,
    content_sha256 text NOT NULL,
    model_version text NOT NULL,
    lang text NOT NULL,
    claims integer NOT NULL,
    observations integer NOT NULL,
    mentions integer NOT NULL,
    extracted_at timestamptz NOT NULL,
    PRIMARY KEY (document_id, content_sha256, model_version)
);
COMMENT ON TABLE annotations IS 'Which revision was read by which model version, also where it found nothing.';
COMMENT ON COLUMN annotations.document_id IS 'The document.';
COMMENT ON COLUMN annotations.content_sha256 IS 'Its revision.';
COMMENT ON COLUMN annotations.model_version IS 'Version of models, patterns and knowledge base together.';
COMMENT ON COLUMN annotations.lang IS 'Language that was detected.';
COMMENT ON COLUMN annotations.claims IS 'Claims found.';
COMMENT ON COLUMN annotations.observations IS 'Observations found.';
COMMENT ON COLUMN annotations.mentions IS 'Mentions found.';
COMMENT ON COLUMN annotations.extracted_at IS 'When the model read it (UTC). The latest annotation of a revision is the one in force.';

CREATE TABLE entities (
    entity_id text NOT NULL PRIMARY KEY,
    name text NOT NULL,
    name_ru text,
    name_kk text,
    name_en text,
    label text NOT NULL,
    side text NOT NULL,
    role text,
    pair text,
    wikidata text,
    known boolean NOT NULL
);
COMMENT ON TABLE entities IS 'People, organisations, places, crossings and laws that the documents name.';
COMMENT ON COLUMN entities.entity_id IS 'Id in the knowledge base, or a stable hash of label and name.';
COMMENT ON COLUMN entities.name IS 'Name in dictionary form: English where the knowledge base knows it, else as first met.';
COMMENT ON COLUMN entities.name_ru IS 'Name in Russian.';
COMMENT ON COLUMN entities.name_kk IS 'Name in Kazakh.';
COMMENT ON COLUMN entities.name_en IS 'Name in English.';
COMMENT ON COLUMN entities.label IS 'PERSON, ORG, PLACE, CHECKPOINT or LAW.';
COMMENT ON COLUMN entities.side IS 'KZ, RU, CN, OTHER or UNKNOWN.';
COMMENT ON COLUMN entities.role IS 'For a person: the office held.';
COMMENT ON COLUMN entities.pair IS 'For a crossing: entity_id of the post across the border.';
COMMENT ON COLUMN entities.wikidata IS 'Wikidata item, where it is sure.';
COMMENT ON COLUMN entities.known IS 'True where the knowledge base knows it.';

CREATE TABLE mentions (
    mention_id text NOT NULL PRIMARY KEY,
    document_id text NOT NULL,
    content_sha256 text NOT NULL,
    entity_id text NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    surface text NOT NULL,
    field text NOT NULL,
    start_offset integer NOT NULL,
    end_offset integer NOT NULL,
    model_version text NOT NULL,
    superseded_at timestamptz,
    superseded_by text
);
COMMENT ON TABLE mentions IS 'Every place where a document names an entity.';
COMMENT ON COLUMN mentions.mention_id IS 'Stable hash of revision, place and name.';
COMMENT ON COLUMN mentions.document_id IS 'The document.';
COMMENT ON COLUMN mentions.content_sha256 IS 'Its revision.';
COMMENT ON COLUMN mentions.entity_id IS 'The entity.';
COMMENT ON COLUMN mentions.name IS 'Dictionary form of the name.';
COMMENT ON COLUMN mentions.label IS 'PERSON, ORG, PLACE, CHECKPOINT or LAW.';
COMMENT ON COLUMN mentions.surface IS 'The words in the text, verbatim.';
COMMENT ON COLUMN mentions.field IS 'Where they stand: text or title.';
COMMENT ON COLUMN mentions.start_offset IS 'First code point, counted from 0.';
COMMENT ON COLUMN mentions.end_offset IS 'Code point after the last.';
COMMENT ON COLUMN mentions.model_version IS 'The model that found it.';
COMMENT ON COLUMN mentions.superseded_at IS 'When a newer reading no longer found it (UTC).';
COMMENT ON COLUMN mentions.superseded_by IS 'Model version of that reading.';

CREATE TABLE observations (
    observation_id text NOT NULL PRIMARY KEY,
    document_id text NOT NULL,
    content_sha256 text NOT NULL,
    metric text NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    place text NOT NULL,
    place_entity text,
    speaker text NOT NULL,
    as_of timestamptz,
    evidence text NOT NULL,
    evidence_field text NOT NULL,
    evidence_start integer NOT NULL,
    evidence_end integer NOT NULL,
    model_version text NOT NULL,
    extracted_at timestamptz NOT NULL,
    superseded_at timestamptz,
    superseded_by text
);
COMMENT ON TABLE observations IS 'Measured delays: how many vehicles, kilometres, hours or days, where, by whose account.';
COMMENT ON COLUMN observations.observation_id IS 'Stable hash of revision, metric, figures, place and speaker.';
COMMENT ON COLUMN observations.document_id IS 'The document.';
COMMENT ON COLUMN observations.content_sha256 IS 'Its revision.';
COMMENT ON COLUMN observations.metric IS 'What is counted, and the unit: vehicles, kilometres, hours or days.';
COMMENT ON COLUMN observations.low IS 'Lower figure, in the unit of metric.';
COMMENT ON COLUMN observations.high IS 'Upper figure; equal to low where one is given.';
COMMENT ON COLUMN observations.place IS 'Where, in dictionary form; empty where not said.';
COMMENT ON COLUMN observations.place_entity IS 'Entity of the place, where it is known.';
COMMENT ON COLUMN observations.speaker IS 'Who says so; empty for the document''s own voice.';
COMMENT ON COLUMN observations.as_of IS 'The time that the figure is for (UTC), where the text says it.';
COMMENT ON COLUMN observations.evidence IS 'The words that state it, verbatim.';
COMMENT ON COLUMN observations.evidence_field IS 'Where they stand: text or title.';
COMMENT ON COLUMN observations.evidence_start IS 'First code point of the evidence, counted from 0.';
COMMENT ON COLUMN observations.evidence_end IS 'Code point after its last.';
COMMENT ON COLUMN observations.model_version IS 'The model that found it.';
COMMENT ON COLUMN observations.extracted_at IS 'When it was found (UTC).';
COMMENT ON COLUMN observations.superseded_at IS 'When a newer reading no longer found it (UTC).';
COMMENT ON COLUMN observations.superseded_by IS 'Model version of that reading.';

CREATE TABLE claims (
    claim_id text NOT NULL PRIMARY KEY,
    cause text NOT NULL,
    stance text NOT NULL,
    blames text NOT NULL,
    hedged boolean NOT NULL,
    speaker text NOT NULL,
    speaker_kind text NOT NULL,
    speaker_role text NOT NULL,
    speaker_side text NOT NULL,
    speaker_entity text,
    relayed_by text NOT NULL,
    said_at timestamptz,
    evidence text NOT NULL,
    evidence_field text NOT NULL,
    evidence_start integer NOT NULL,
    evidence_end integer NOT NULL,
    cause_text text NOT NULL,
    cause_start integer NOT NULL,
    cause_end integer NOT NULL,
    confidence double precision NOT NULL,
    pattern text NOT NULL,
    document_id text NOT NULL,
    revision integer NOT NULL,
    source text NOT NULL,
    source_name text NOT NULL,
    source_side text NOT NULL,
    lang text NOT NULL,
    title text NOT NULL,
    url text NOT NULL,
    published_at timestamptz,
    fetched_at timestamptz NOT NULL,
    content_sha256 text NOT NULL,
    body_sha256 text,
    warc_file text,
    warc_offset bigint,
    model_version text NOT NULL,
    extracted_at timestamptz NOT NULL,
    superseded_at timestamptz,
    superseded_by text
);
COMMENT ON TABLE claims IS 'Who says why trucks wait at the border, or that they do not: one row a statement, readable without a join, leading back to the archived bytes.';
COMMENT ON COLUMN claims.claim_id IS 'Stable hash of document, revision, cause, stance and speaker.';
COMMENT ON COLUMN claims.cause IS 'What the delay is put down to; codes in docs/claims.md.';
COMMENT ON COLUMN claims.stance IS 'asserts, or denies: this is not the cause, or does not happen.';
COMMENT ON COLUMN claims.blames IS 'Whose action or failure it is by the speaker''s account: KZ, RU, CN, BOTH, TRADE, OTHER or NONE.';
COMMENT ON COLUMN claims.hedged IS 'True where it is said with reserve: possibly, reportedly, a question.';
COMMENT ON COLUMN claims.speaker IS 'The innermost claimant in dictionary form; empty where the document speaks in its own voice.';
COMMENT ON COLUMN claims.speaker_kind IS 'person, organisation, unnamed, or outlet (the document''s own voice).';
COMMENT ON COLUMN claims.speaker_role IS 'Office or trade of the speaker as the text gives it.';
COMMENT ON COLUMN claims.speaker_side IS 'The side the speaker works or speaks for: KZ, RU, CN, OTHER or UNKNOWN.';
COMMENT ON COLUMN claims.speaker_entity IS 'Entity of the speaker, where it is known.';
COMMENT ON COLUMN claims.relayed_by IS 'Outlet or channel that the document itself cites for it.';
COMMENT ON COLUMN claims.said_at IS 'When it was said (UTC), where the text says it.';
COMMENT ON COLUMN claims.evidence IS 'The sentences that state it, verbatim.';
COMMENT ON COLUMN claims.evidence_field IS 'Where they stand: text or title.';
COMMENT ON COLUMN claims.evidence_start IS 'First code point of the evidence in that field, counted from 0.';
COMMENT ON COLUMN claims.evidence_end IS 'Code point after its last.';
COMMENT ON COLUMN claims.cause_text IS 'The words inside the evidence that name the cause, verbatim.';
COMMENT ON COLUMN claims.cause_start IS 'First code point of cause_text in the same field, counted from 0.';
COMMENT ON COLUMN claims.cause_end IS 'Code point after its last.';
COMMENT ON COLUMN claims.confidence IS 'How sure the extraction is, from 0 to 1.';
COMMENT ON COLUMN claims.pattern IS 'Name of the pattern or model that found it.';
COMMENT ON COLUMN claims.document_id IS 'The document.';
COMMENT ON COLUMN claims.revision IS 'Number of its revision.';
COMMENT ON COLUMN claims.source IS 'Id of the source.';
COMMENT ON COLUMN claims.source_name IS 'Name of the source.';
COMMENT ON COLUMN claims.source_side IS 'Side of the source: KZ, RU, CN, OTHER or UNKNOWN.';
COMMENT ON COLUMN claims.lang IS 'Language of the document, ISO 639-1.';
COMMENT ON COLUMN claims.title IS 'Headline of the document.';
COMMENT ON COLUMN claims.url IS 'Address of the document.';
COMMENT ON COLUMN claims.published_at IS 'When the document was published (UTC).';
COMMENT ON COLUMN claims.fetched_at IS 'When this revision was first fetched (UTC).';
COMMENT ON COLUMN claims.content_sha256 IS 'Hex SHA-256 of the revision''s title and text.';
COMMENT ON COLUMN claims.body_sha256 IS 'Hex SHA-256 of the bytes in the archive.';
COMMENT ON COLUMN claims.warc_file IS 'WARC file that holds the bytes, relative to the root of the archive.';
COMMENT ON COLUMN claims.warc_offset IS 'Where the record starts in that file, in bytes.';
COMMENT ON COLUMN claims.model_version IS 'The model that found it.';
COMMENT ON COLUMN claims.extracted_at IS 'When it was found (UTC).';
COMMENT ON COLUMN claims.superseded_at IS 'When a newer reading of the same revision no longer found it (UTC).';
COMMENT ON COLUMN claims.superseded_by IS 'Model version of that reading.';

CREATE TABLE quality_findings (
    finding_id text NOT NULL PRIMARY KEY,
    check_name text NOT NULL,
    table_name text NOT NULL,
    row_key text NOT NULL,
    message text NOT NULL,
    blocking boolean NOT NULL,
    found_at timestamptz NOT NULL,
    resolved_at timestamptz
);
COMMENT ON TABLE quality_findings IS 'Rows that failed a check before publishing. An open finding that is blocking keeps the analysts'' file from being replaced.';
COMMENT ON COLUMN quality_findings.finding_id IS 'Stable hash of check, table and row.';
COMMENT ON COLUMN quality_findings.check_name IS 'The check.';
COMMENT ON COLUMN quality_findings.table_name IS 'The table of the row.';
COMMENT ON COLUMN quality_findings.row_key IS 'Key of the row.';
COMMENT ON COLUMN quality_findings.message IS 'What is wrong, one sentence.';
COMMENT ON COLUMN quality_findings.blocking IS 'True where the warehouse contradicts itself; false where a source says something odd.';
COMMENT ON COLUMN quality_findings.found_at IS 'When it was first found (UTC).';
COMMENT ON COLUMN quality_findings.resolved_at IS 'When a later check no longer found it (UTC); empty while it is open.';
