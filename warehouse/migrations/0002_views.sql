-- What analysts read. "Day" is the UTC day; a claim belongs to the day on which it was said, else published, else fetched.

CREATE VIEW current_revisions AS
SELECT document_id, content_sha256, revision, first_seen_at, last_seen_at, gone_at
FROM (
    SELECT
        document_id, content_sha256, revision, first_seen_at, last_seen_at, gone_at,
        row_number() OVER (PARTITION BY document_id ORDER BY last_seen_at DESC, revision DESC) AS place
    FROM documents
) AS ranked
WHERE place = 1;
COMMENT ON VIEW current_revisions IS 'The revision of each document that was seen last.';
COMMENT ON COLUMN current_revisions.document_id IS 'The document.';
COMMENT ON COLUMN current_revisions.content_sha256 IS 'Its current revision.';
COMMENT ON COLUMN current_revisions.revision IS 'Number of that revision.';
COMMENT ON COLUMN current_revisions.first_seen_at IS 'When it was first fetched (UTC).';
COMMENT ON COLUMN current_revisions.last_seen_at IS 'When it was last fetched (UTC).';
COMMENT ON COLUMN current_revisions.gone_at IS 'When it was found deleted (UTC); empty while it stands.';

CREATE VIEW stories AS
WITH RECURSIVE parents AS (
    SELECT document_id, min(near_duplicate_of) AS parent
    FROM documents
    WHERE near_duplicate_of <> document_id
    GROUP BY document_id
),
chain AS (
    SELECT document_id, parent AS story_id, 1 AS steps FROM parents
    UNION ALL
    SELECT chain.document_id, parents.parent, chain.steps + 1
    FROM chain JOIN parents ON parents.document_id = chain.story_id
    WHERE chain.steps < 20
),
roots AS (
    SELECT document_id, story_id
    FROM (
        SELECT document_id, story_id, row_number() OVER (PARTITION BY document_id ORDER BY steps DESC) AS place
        FROM chain
    ) AS ranked
    WHERE place = 1
)
SELECT current_revisions.document_id, coalesce(roots.story_id, current_revisions.document_id) AS story_id
FROM current_revisions LEFT JOIN roots ON roots.document_id = current_revisions.document_id;
COMMENT ON VIEW stories IS 'Which documents carry the same words: each document and the one of its story that was met first.';
COMMENT ON COLUMN stories.document_id IS 'The document.';
COMMENT ON COLUMN stories.story_id IS 'document_id of the document with these words that was met first; its own where it copies none.';

CREATE VIEW current_claims AS
SELECT
    claims.claim_id,
    cast(timezone('UTC', coalesce(claims.said_at, claims.published_at, claims.fetched_at)) AS date) AS day,
    claims.cause, claims.stance, claims.blames, claims.hedged,
    claims.speaker, claims.speaker_kind, claims.speaker_role, claims.speaker_side, claims.speaker_entity,
    CASE WHEN entities.known THEN entities.name ELSE claims.speaker END AS speaker_name,
    coalesce(claims.speaker_entity, lower(claims.speaker)) AS speaker_key,
    claims.relayed_by, claims.said_at,
    claims.evidence, claims.evidence_field, claims.evidence_start, claims.evidence_end,
    claims.cause_text, claims.cause_start, claims.cause_end, claims.confidence, claims.pattern,
    claims.document_id, claims.revision, claims.source, claims.source_name, claims.source_side, claims.lang,
    claims.title, claims.url, claims.published_at, claims.fetched_at, claims.content_sha256, claims.body_sha256,
    claims.warc_file, claims.warc_offset, claims.model_version, claims.extracted_at,
    current_revisions.gone_at, stories.story_id
FROM claims
JOIN current_revisions
    ON current_revisions.document_id = claims.document_id
    AND current_revisions.content_sha256 = claims.content_sha256
JOIN stories ON stories.document_id = claims.document_id
LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
WHERE claims.superseded_at IS NULL;
COMMENT ON VIEW current_claims IS 'The claims of each document''s current revision by the reading in force. Deleted documents stay, with gone_at.';
COMMENT ON COLUMN current_claims.claim_id IS 'Stable hash of document, revision, cause, stance and speaker.';
COMMENT ON COLUMN current_claims.day IS 'UTC day on which it was said, else published, else fetched.';
COMMENT ON COLUMN current_claims.cause IS 'What the delay is put down to; codes in docs/claims.md.';
COMMENT ON COLUMN current_claims.stance IS 'asserts, or denies: this is not the cause, or does not happen.';
COMMENT ON COLUMN current_claims.blames IS 'Whose action or failure it is by the speaker''s account: KZ, RU, CN, BOTH, TRADE, OTHER or NONE.';
COMMENT ON COLUMN current_claims.hedged IS 'True where it is said with reserve.';
COMMENT ON COLUMN current_claims.speaker IS 'The innermost claimant; empty where the document speaks in its own voice.';
COMMENT ON COLUMN current_claims.speaker_kind IS 'person, organisation, unnamed, or outlet.';
COMMENT ON COLUMN current_claims.speaker_role IS 'Office or trade of the speaker as the text gives it.';
COMMENT ON COLUMN current_claims.speaker_side IS 'The side the speaker works or speaks for.';
COMMENT ON COLUMN current_claims.speaker_entity IS 'Entity of the speaker, where it is known.';
COMMENT ON COLUMN current_claims.speaker_name IS 'The speaker, by one name in all languages where the knowledge base knows them.';
COMMENT ON COLUMN current_claims.speaker_key IS 'Entity of the speaker, or the name in small letters: equal for one speaker.';
COMMENT ON COLUMN current_claims.relayed_by IS 'Outlet or channel that the document itself cites for it.';
COMMENT ON COLUMN current_claims.said_at IS 'When it was said (UTC), where the text says it.';
COMMENT ON COLUMN current_claims.evidence IS 'The sentences that state it, verbatim.';
COMMENT ON COLUMN current_claims.evidence_field IS 'Where they stand: text or title.';
COMMENT ON COLUMN current_claims.evidence_start IS 'First code point of the evidence in that field.';
COMMENT ON COLUMN current_claims.evidence_end IS 'Code point after its last.';
COMMENT ON COLUMN current_claims.cause_text IS 'The words that name the cause, verbatim.';
COMMENT ON COLUMN current_claims.cause_start IS 'First code point of cause_text in the same field.';
COMMENT ON COLUMN current_claims.cause_end IS 'Code point after its last.';
COMMENT ON COLUMN current_claims.confidence IS 'How sure the extraction is, from 0 to 1.';
COMMENT ON COLUMN current_claims.pattern IS 'Name of the pattern or model that found it.';
COMMENT ON COLUMN current_claims.document_id IS 'The document.';
COMMENT ON COLUMN current_claims.revision IS 'Number of its revision.';
COMMENT ON COLUMN current_claims.source IS 'Id of the source.';
COMMENT ON COLUMN current_claims.source_name IS 'Name of the source.';
COMMENT ON COLUMN current_claims.source_side IS 'Side of the source.';
COMMENT ON COLUMN current_claims.lang IS 'Language of the document.';
COMMENT ON COLUMN current_claims.title IS 'Headline of the document.';
COMMENT ON COLUMN current_claims.url IS 'Address of the document.';
COMMENT ON COLUMN current_claims.published_at IS 'When the document was published (UTC).';
COMMENT ON COLUMN current_claims.fetched_at IS 'When this revision was first fetched (UTC).';
COMMENT ON COLUMN current_claims.content_sha256 IS 'Hex SHA-256 of the revision''s title and text.';
COMMENT ON COLUMN current_claims.body_sha256 IS 'Hex SHA-256 of the bytes in the archive.';
COMMENT ON COLUMN current_claims.warc_file IS 'WARC file that holds the bytes.';
COMMENT ON COLUMN current_claims.warc_offset IS 'Where the record starts in that file, in bytes.';
COMMENT ON COLUMN current_claims.model_version IS 'The model that found it.';
COMMENT ON COLUMN current_claims.extracted_at IS 'When it was found (UTC).';
COMMENT ON COLUMN current_claims.gone_at IS 'When the document was found deleted (UTC); empty while it stands.';
COMMENT ON COLUMN current_claims.story_id IS 'The document with these words that was met first: equal for all copies of one agency line.';

CREATE VIEW narratives_daily AS
SELECT
    day, cause, stance, speaker_side, blames,
    count(*) AS claims,
    count(DISTINCT story_id) AS stories,
    count(DISTINCT source) AS sources,
    count(DISTINCT CASE WHEN speaker <> '' THEN speaker_key END) AS speakers
FROM current_claims
GROUP BY day, cause, stance, speaker_side, blames;
COMMENT ON VIEW narratives_daily IS 'How often each cause is named, a day: which side speaks and whom it blames.';
COMMENT ON COLUMN narratives_daily.day IS 'UTC day.';
COMMENT ON COLUMN narratives_daily.cause IS 'The cause.';
COMMENT ON COLUMN narratives_daily.stance IS 'asserts or denies.';
COMMENT ON COLUMN narratives_daily.speaker_side IS 'Side of the speakers.';
COMMENT ON COLUMN narratives_daily.blames IS 'Side that is blamed.';
COMMENT ON COLUMN narratives_daily.claims IS 'Claims, copies counted.';
COMMENT ON COLUMN narratives_daily.stories IS 'Distinct stories: copies of one text count once.';
COMMENT ON COLUMN narratives_daily.sources IS 'Distinct sources.';
COMMENT ON COLUMN narratives_daily.speakers IS 'Distinct named or described speakers.';

CREATE VIEW contested AS
SELECT
    cause, blames,
    count(DISTINCT CASE WHEN stance = 'asserts' THEN story_id END) AS asserted,
    count(DISTINCT CASE WHEN stance = 'denies' THEN story_id END) AS denied,
    string_agg(DISTINCT CASE WHEN stance = 'asserts' THEN who END, '; ' ORDER BY CASE WHEN stance = 'asserts' THEN who END) AS asserted_by,
    string_agg(DISTINCT CASE WHEN stance = 'denies' THEN who END, '; ' ORDER BY CASE WHEN stance = 'denies' THEN who END) AS denied_by,
    min(CASE WHEN stance = 'asserts' THEN day END) AS first_asserted,
    min(CASE WHEN stance = 'denies' THEN day END) AS first_denied,
    max(day) AS last_day
FROM (
    SELECT
        cause, blames, stance, story_id, day,
        CASE
            WHEN speaker = '' THEN source_name || ' (outlet, ' || source_side || ')'
            ELSE speaker_name || ' (' || speaker_side || ')'
        END AS who
    FROM current_claims
) AS said
GROUP BY cause, blames
HAVING count(CASE WHEN stance = 'asserts' THEN 1 END) > 0 AND count(CASE WHEN stance = 'denies' THEN 1 END) > 0;
COMMENT ON VIEW contested IS 'Causes that some assert and others deny, by the side blamed.';
COMMENT ON COLUMN contested.cause IS 'The cause.';
COMMENT ON COLUMN contested.blames IS 'Side that is blamed.';
COMMENT ON COLUMN contested.asserted IS 'Distinct stories that assert it.';
COMMENT ON COLUMN contested.denied IS 'Distinct stories that deny it.';
COMMENT ON COLUMN contested.asserted_by IS 'Who asserts it, with their sides; the source where the document speaks for itself.';
COMMENT ON COLUMN contested.denied_by IS 'Who denies it, with their sides.';
COMMENT ON COLUMN contested.first_asserted IS 'First UTC day on which it was asserted.';
COMMENT ON COLUMN contested.first_denied IS 'First UTC day on which it was denied.';
COMMENT ON COLUMN contested.last_day IS 'Last UTC day on which either was said.';

CREATE VIEW position_changes AS
WITH said AS (
    SELECT
        speaker_key, speaker_name, speaker_side, claim_id, cause, stance, blames, evidence, url, source_name, document_id, day,
        coalesce(said_at, published_at, fetched_at) AS moment,
        CASE WHEN document_id = story_id THEN 0 ELSE 1 END AS copied
    FROM current_claims
    WHERE speaker_kind IN ('person', 'organisation') AND speaker <> ''
),
-- where each speaker first took each position, and first named each cause
ranked AS (
    SELECT
        said.*,
        row_number() OVER (PARTITION BY speaker_key, cause, stance, blames ORDER BY moment, copied, claim_id) AS taken,
        row_number() OVER (PARTITION BY speaker_key, cause, stance ORDER BY moment, copied, claim_id) AS named
    FROM said
),
positions AS (
    SELECT * FROM ranked WHERE taken = 1
),
causes AS (
    SELECT * FROM ranked WHERE named = 1 AND stance = 'asserts'
),
other_causes AS (
    SELECT
        CASE WHEN 'no_delay' IN (earlier.cause, later.cause) THEN 'delay' ELSE 'cause' END AS change,
        later.speaker_key, later.speaker_name AS speaker, later.speaker_side,
        earlier.day AS earlier_day, earlier.cause AS earlier_cause, earlier.stance AS earlier_stance, earlier.blames AS earlier_blames, earlier.evidence AS earlier_evidence, earlier.source_name AS earlier_source, earlier.url AS earlier_url, earlier.claim_id AS earlier_claim_id,
        later.day AS later_day, later.cause AS later_cause, later.stance AS later_stance, later.blames AS later_blames, later.evidence AS later_evidence, later.source_name AS later_source, later.url AS later_url, later.claim_id AS later_claim_id,
        row_number() OVER (
            PARTITION BY later.claim_id
            ORDER BY earlier.day DESC, CASE WHEN earlier.blames <> later.blames THEN 0 ELSE 1 END, earlier.claim_id
        ) AS place
    FROM causes AS earlier
    JOIN causes AS later
        ON later.speaker_key = earlier.speaker_key AND later.cause <> earlier.cause AND later.day > earlier.day
    -- some document of that day gives the new cause without the old one: it was not added to a list
    WHERE EXISTS (
        SELECT 1 FROM said AS fresh
        WHERE fresh.speaker_key = later.speaker_key AND fresh.cause = later.cause AND fresh.stance = 'asserts'
            AND fresh.day = later.day
            AND NOT EXISTS (
                SELECT 1 FROM said AS kept
                WHERE kept.document_id = fresh.document_id AND kept.speaker_key = fresh.speaker_key
                    AND kept.cause = earlier.cause AND kept.stance = 'asserts'
            )
    )
)
SELECT
        CASE WHEN earlier.stance <> later.stance THEN 'stance' ELSE 'blames' END AS change,
        later.speaker_key, later.speaker_name AS speaker, later.speaker_side,
        earlier.day AS earlier_day, earlier.cause AS earlier_cause, earlier.stance AS earlier_stance, earlier.blames AS earlier_blames, earlier.evidence AS earlier_evidence, earlier.source_name AS earlier_source, earlier.url AS earlier_url, earlier.claim_id AS earlier_claim_id,
        later.day AS later_day, later.cause AS later_cause, later.stance AS later_stance, later.blames AS later_blames, later.evidence AS later_evidence, later.source_name AS later_source, later.url AS later_url, later.claim_id AS later_claim_id
FROM positions AS earlier
JOIN positions AS later
    ON later.speaker_key = earlier.speaker_key AND later.cause = earlier.cause AND later.day > earlier.day
WHERE
    (later.stance <> earlier.stance AND later.blames = earlier.blames)
    OR (
        later.stance = 'asserts' AND earlier.stance = 'asserts'
        AND later.blames <> earlier.blames AND later.blames <> 'NONE' AND earlier.blames <> 'NONE'
    )
UNION ALL
SELECT
    change, speaker_key, speaker, speaker_side,
    earlier_day, earlier_cause, earlier_stance, earlier_blames, earlier_evidence, earlier_source, earlier_url, earlier_claim_id,
    later_day, later_cause, later_stance, later_blames, later_evidence, later_source, later_url, later_claim_id
FROM other_causes
WHERE place = 1;
COMMENT ON VIEW position_changes IS 'One named speaker, two stories: where they first took one position, and where, on a later day, they first took another.';
COMMENT ON COLUMN position_changes.change IS 'stance: the same cause asserted, then denied, or the reverse; blames: the same cause put down to another side; delay: a queue where there was none, or the reverse; cause: a cause not named before, without the one named before.';
COMMENT ON COLUMN position_changes.speaker_key IS 'Entity of the speaker, or the name in small letters.';
COMMENT ON COLUMN position_changes.speaker IS 'Name of the speaker, one for all languages where they are known.';
COMMENT ON COLUMN position_changes.speaker_side IS 'Side of the speaker.';
COMMENT ON COLUMN position_changes.earlier_day IS 'UTC day of the earlier claim.';
COMMENT ON COLUMN position_changes.earlier_cause IS 'Its cause.';
COMMENT ON COLUMN position_changes.earlier_stance IS 'asserts or denies.';
COMMENT ON COLUMN position_changes.earlier_blames IS 'Whom it blames.';
COMMENT ON COLUMN position_changes.earlier_evidence IS 'Its words.';
COMMENT ON COLUMN position_changes.earlier_source IS 'Name of its source.';
COMMENT ON COLUMN position_changes.earlier_url IS 'Address of its document.';
COMMENT ON COLUMN position_changes.earlier_claim_id IS 'Its claim.';
COMMENT ON COLUMN position_changes.later_day IS 'UTC day of the later claim.';
COMMENT ON COLUMN position_changes.later_cause IS 'Its cause.';
COMMENT ON COLUMN position_changes.later_stance IS 'asserts or denies.';
COMMENT ON COLUMN position_changes.later_blames IS 'Whom it blames.';
COMMENT ON COLUMN position_changes.later_evidence IS 'Its words.';
COMMENT ON COLUMN position_changes.later_source IS 'Name of its source.';
COMMENT ON COLUMN position_changes.later_url IS 'Address of its document.';
COMMENT ON COLUMN position_changes.later_claim_id IS 'Its claim.';

CREATE VIEW carriers AS
SELECT
    lines.story_id, lines.cause, lines.stance, firsts.blames, firsts.speaker, firsts.speaker_side,
    lines.carriers, lines.sources, lines.first_published_at, lines.last_published_at,
    firsts.claim_id, firsts.evidence, firsts.source_name, firsts.url
FROM (
    SELECT
        story_id, cause, stance, speaker_key,
        count(DISTINCT document_id) AS carriers,
        string_agg(DISTINCT source_name, '; ' ORDER BY source_name) AS sources,
        min(published_at) AS first_published_at,
        max(published_at) AS last_published_at
    FROM current_claims
    GROUP BY story_id, cause, stance, speaker_key
) AS lines
JOIN (
    SELECT
        current_claims.*,
        row_number() OVER (
            PARTITION BY story_id, cause, stance, speaker_key
            ORDER BY coalesce(published_at, fetched_at), CASE WHEN document_id = story_id THEN 0 ELSE 1 END, claim_id
        ) AS place
    FROM current_claims
) AS firsts
    ON firsts.story_id = lines.story_id AND firsts.cause = lines.cause AND firsts.stance = lines.stance
    AND firsts.speaker_key = lines.speaker_key
WHERE firsts.place = 1;
COMMENT ON VIEW carriers IS 'One line, many carriers: the claims of nearly equal documents as one row, with who carried it.';
COMMENT ON COLUMN carriers.story_id IS 'The document with these words that was met first.';
COMMENT ON COLUMN carriers.cause IS 'The cause.';
COMMENT ON COLUMN carriers.stance IS 'asserts or denies.';
COMMENT ON COLUMN carriers.blames IS 'Side that is blamed.';
COMMENT ON COLUMN carriers.speaker IS 'The speaker; empty where the document speaks in its own voice.';
COMMENT ON COLUMN carriers.speaker_side IS 'Side of the speaker.';
COMMENT ON COLUMN carriers.carriers IS 'Documents that carry it.';
COMMENT ON COLUMN carriers.sources IS 'Their sources, separated by semicolons.';
COMMENT ON COLUMN carriers.first_published_at IS 'When the first was published (UTC).';
COMMENT ON COLUMN carriers.last_published_at IS 'When the last was published (UTC).';
COMMENT ON COLUMN carriers.claim_id IS 'The claim in the document that was published first.';
COMMENT ON COLUMN carriers.evidence IS 'Its words there.';
COMMENT ON COLUMN carriers.source_name IS 'Source of that document.';
COMMENT ON COLUMN carriers.url IS 'Address of that document.';

CREATE VIEW queue_timeline AS
SELECT
    observations.observation_id,
    coalesce(observations.as_of, documents.published_at, documents.first_seen_at) AS measured_at,
    cast(timezone('UTC', coalesce(observations.as_of, documents.published_at, documents.first_seen_at)) AS date) AS day,
    CASE WHEN entities.known THEN entities.name ELSE observations.place END AS place,
    observations.place_entity, observations.metric, observations.low, observations.high, observations.speaker,
    observations.evidence, documents.source_id AS source, sources.name AS source_name, sources.side AS source_side,
    documents.url, observations.document_id, current_revisions.gone_at, stories.story_id
FROM observations
JOIN current_revisions
    ON current_revisions.document_id = observations.document_id
    AND current_revisions.content_sha256 = observations.content_sha256
JOIN documents
    ON documents.document_id = observations.document_id
    AND documents.content_sha256 = observations.content_sha256
JOIN stories ON stories.document_id = observations.document_id
LEFT JOIN sources ON sources.source_id = documents.source_id
LEFT JOIN entities ON entities.entity_id = observations.place_entity
WHERE observations.superseded_at IS NULL;
COMMENT ON VIEW queue_timeline IS 'Measured delays over time, one row a figure, from current revisions.';
COMMENT ON COLUMN queue_timeline.observation_id IS 'The observation.';
COMMENT ON COLUMN queue_timeline.measured_at IS 'The time that the figure is for, else of publication, else of the fetch (UTC).';
COMMENT ON COLUMN queue_timeline.day IS 'UTC day of measured_at.';
COMMENT ON COLUMN queue_timeline.place IS 'Where; one name for all languages where the place is known.';
COMMENT ON COLUMN queue_timeline.place_entity IS 'Entity of the place, where it is known.';
COMMENT ON COLUMN queue_timeline.metric IS 'What is counted, and the unit: vehicles, kilometres, hours or days.';
COMMENT ON COLUMN queue_timeline.low IS 'Lower figure, in the unit of metric.';
COMMENT ON COLUMN queue_timeline.high IS 'Upper figure, in the unit of metric.';
COMMENT ON COLUMN queue_timeline.speaker IS 'Who says so; empty for the document''s own voice.';
COMMENT ON COLUMN queue_timeline.evidence IS 'The words that state it, verbatim.';
COMMENT ON COLUMN queue_timeline.source IS 'Id of the source.';
COMMENT ON COLUMN queue_timeline.source_name IS 'Name of the source.';
COMMENT ON COLUMN queue_timeline.source_side IS 'Side of the source.';
COMMENT ON COLUMN queue_timeline.url IS 'Address of the document.';
COMMENT ON COLUMN queue_timeline.document_id IS 'The document.';
COMMENT ON COLUMN queue_timeline.gone_at IS 'When the document was found deleted (UTC).';
COMMENT ON COLUMN queue_timeline.story_id IS 'The document with these words that was met first.';
