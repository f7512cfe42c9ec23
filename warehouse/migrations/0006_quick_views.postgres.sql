-- PostgreSQL guesses one row for "row_number() = 1" and for two equal columns, and then compares all with all: 20,000 claims took
-- minutes. These are the same views in words whose rows it can count: DISTINCT ON for the first of each, and the revision as a
-- condition of its own.

CREATE OR REPLACE VIEW current_revisions AS
SELECT DISTINCT ON (document_id) document_id, content_sha256, revision, first_seen_at, last_seen_at, gone_at
FROM documents
ORDER BY document_id, last_seen_at DESC, revision DESC;

CREATE OR REPLACE VIEW stories AS
WITH RECURSIVE parents AS NOT MATERIALIZED (
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
    SELECT DISTINCT ON (document_id) document_id, story_id
    FROM chain
    ORDER BY document_id, steps DESC
)
SELECT current_revisions.document_id, coalesce(roots.story_id, current_revisions.document_id) AS story_id
FROM current_revisions LEFT JOIN roots ON roots.document_id = current_revisions.document_id;

CREATE OR REPLACE VIEW current_claims AS
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
    AND coalesce(current_revisions.content_sha256 = claims.content_sha256, false)
JOIN stories ON stories.document_id = claims.document_id
LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
WHERE claims.superseded_at IS NULL;

CREATE OR REPLACE VIEW position_changes AS
WITH said AS (
    SELECT
        speaker_key, speaker_name, speaker_side, claim_id, cause, stance, blames, evidence, url, source_name, document_id, day,
        coalesce(said_at, published_at, fetched_at) AS moment,
        CASE WHEN document_id = story_id THEN 0 ELSE 1 END AS copied
    FROM current_claims
    WHERE speaker_kind IN ('person', 'organisation') AND speaker <> ''
),
-- where each speaker first took each position, and first named each cause
positions AS (
    SELECT DISTINCT ON (speaker_key, cause, stance, blames) *
    FROM said
    ORDER BY speaker_key, cause, stance, blames, moment, copied, claim_id
),
causes AS (
    SELECT DISTINCT ON (speaker_key, cause) *
    FROM said
    WHERE stance = 'asserts'
    ORDER BY speaker_key, cause, moment, copied, claim_id
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

-- A night's readings are compared with what their documents had, and a document is asked for what it holds.
CREATE INDEX claims_of_document ON claims (document_id);
CREATE INDEX mentions_of_document ON mentions (document_id);
CREATE INDEX observations_of_document ON observations (document_id);
