-- The views that were slow with 100,000 claims, said anew with the same rows; which time a queue's figure is for; the question
-- that each view answers.

-- Most lines are one claim, whose carriers need no counting; the words are fetched for the first claim of each line only.
CREATE OR REPLACE VIEW carriers AS
WITH ranked AS (
    SELECT
        claim_id, story_id, cause, stance, speaker_key, document_id, source_name, published_at,
        count(*) OVER (PARTITION BY story_id, cause, stance, speaker_key) AS claims,
        row_number() OVER (
            PARTITION BY story_id, cause, stance, speaker_key
            ORDER BY coalesce(published_at, fetched_at), CASE WHEN document_id = story_id THEN 0 ELSE 1 END, claim_id
        ) AS place
    FROM current_claims
),
lines AS (
    SELECT
        story_id, cause, stance, speaker_key,
        count(DISTINCT document_id) AS carriers,
        string_agg(DISTINCT source_name, '; ' ORDER BY source_name) AS sources,
        min(published_at) AS first_published_at,
        max(published_at) AS last_published_at
    FROM ranked
    WHERE claims > 1
    GROUP BY story_id, cause, stance, speaker_key
)
SELECT
    firsts.story_id, firsts.cause, firsts.stance, claims.blames, claims.speaker, claims.speaker_side,
    coalesce(lines.carriers, 1) AS carriers,
    coalesce(lines.sources, firsts.source_name) AS sources,
    coalesce(lines.first_published_at, firsts.published_at) AS first_published_at,
    coalesce(lines.last_published_at, firsts.published_at) AS last_published_at,
    claims.claim_id, claims.evidence, claims.source_name, claims.url
FROM ranked AS firsts
JOIN claims ON claims.claim_id = firsts.claim_id
LEFT JOIN lines
    ON lines.story_id = firsts.story_id AND lines.cause = firsts.cause AND lines.stance = firsts.stance
    AND lines.speaker_key = firsts.speaker_key
WHERE firsts.place = 1;

-- Doubts are found among the claims of one revision each, joined by equal keys: an EXISTS with < in it compared all with all.
CREATE OR REPLACE VIEW review AS
WITH doubted AS (
    SELECT
        one.*,
        CASE WHEN one.confidence < 0.6 THEN 'low confidence' END AS low,
        CASE WHEN torn.document_id IS NOT NULL
            THEN 'asserted and denied by one speaker in one document' END AS both_ways,
        CASE WHEN shared.claim_id IS NOT NULL THEN 'another cause is read in the same words' END AS other_cause,
        CASE WHEN sides.stories = 1 AND sides.other_stories > 1
            THEN 'one story against others on a contested cause' END AS alone
    FROM current_claims AS one
    LEFT JOIN (
        SELECT document_id, content_sha256, cause, coalesce(speaker_entity, lower(speaker)) AS speaker_key
        FROM claims
        WHERE superseded_at IS NULL
        GROUP BY document_id, content_sha256, cause, coalesce(speaker_entity, lower(speaker))
        HAVING min(stance) <> max(stance)
    ) AS torn
        ON torn.document_id = one.document_id AND torn.content_sha256 = one.content_sha256
        AND torn.cause = one.cause AND torn.speaker_key = one.speaker_key
    LEFT JOIN (
        SELECT DISTINCT mine.claim_id
        FROM claims AS mine
        JOIN claims AS other
            ON other.document_id = mine.document_id AND other.content_sha256 = mine.content_sha256
            AND other.evidence_field = mine.evidence_field
        WHERE mine.superseded_at IS NULL AND other.superseded_at IS NULL AND other.cause <> mine.cause
            AND other.cause_start < mine.cause_end AND mine.cause_start < other.cause_end
    ) AS shared ON shared.claim_id = one.claim_id
    LEFT JOIN (
        SELECT cause, blames, stance, stories, sum(stories) OVER (PARTITION BY cause, blames) - stories AS other_stories
        FROM (
            SELECT cause, blames, stance, count(DISTINCT story_id) AS stories
            FROM current_claims GROUP BY cause, blames, stance
        ) AS told
    ) AS sides ON sides.cause = one.cause AND sides.blames = one.blames AND sides.stance = one.stance
)
SELECT
    claim_id, concat_ws('; ', low, both_ways, other_cause, alone) AS doubts,
    confidence, day, cause, stance, blames, speaker, speaker_kind, speaker_side, evidence, cause_text, pattern,
    document_id, source, source_name, lang, title, url
FROM doubted
WHERE low IS NOT NULL OR both_ways IS NOT NULL OR other_cause IS NOT NULL OR alone IS NOT NULL;

CREATE OR REPLACE VIEW queue_timeline AS
SELECT
    observations.observation_id,
    coalesce(observations.as_of, documents.published_at, documents.first_seen_at) AS measured_at,
    cast(timezone('UTC', coalesce(observations.as_of, documents.published_at, documents.first_seen_at)) AS date) AS day,
    CASE WHEN entities.known THEN entities.name ELSE observations.place END AS place,
    observations.place_entity, observations.metric, observations.low, observations.high, observations.speaker,
    observations.evidence, documents.source_id AS source, sources.name AS source_name, sources.side AS source_side,
    documents.url, observations.document_id, current_revisions.gone_at, stories.story_id,
    observations.lang,
    CASE
        WHEN observations.as_of IS NOT NULL THEN 'as_of'
        WHEN documents.published_at IS NOT NULL THEN 'published_at'
        ELSE 'first_seen_at'
    END AS measured_from
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
COMMENT ON COLUMN queue_timeline.lang IS 'Language of the passage in which it stands: ru, kk or en.';
COMMENT ON COLUMN queue_timeline.measured_from IS 'Which time measured_at is: as_of (the text says it), published_at, or first_seen_at where the page has no date.';
COMMENT ON COLUMN review.claim_id IS 'The claim.';
COMMENT ON COLUMN review.doubts IS 'low confidence (under 0.6); asserted and denied by one speaker in one document; another cause is read in the same words; one story against others on a contested cause: it alone makes the cause contested.';
COMMENT ON COLUMN review.confidence IS 'The probability that cause and stance are right, from 0 to 1.';
COMMENT ON COLUMN review.day IS 'UTC day on which it was said, else published, else fetched.';
COMMENT ON COLUMN review.cause IS 'The cause.';
COMMENT ON COLUMN review.stance IS 'asserts or denies.';
COMMENT ON COLUMN review.blames IS 'Side that is blamed.';
COMMENT ON COLUMN review.speaker IS 'The speaker; empty where the document speaks in its own voice.';
COMMENT ON COLUMN review.speaker_kind IS 'person, organisation, unnamed, or outlet.';
COMMENT ON COLUMN review.speaker_side IS 'Side of the speaker.';
COMMENT ON COLUMN review.evidence IS 'The sentences that state it, verbatim.';
COMMENT ON COLUMN review.cause_text IS 'The words that name the cause, verbatim.';
COMMENT ON COLUMN review.pattern IS 'Name of the pattern or model that found it.';
COMMENT ON COLUMN review.document_id IS 'The document.';
COMMENT ON COLUMN review.source IS 'Id of the source.';
COMMENT ON COLUMN review.source_name IS 'Name of the source.';
COMMENT ON COLUMN review.lang IS 'Language of the passage in which it stands: ru, kk or en.';
COMMENT ON COLUMN review.title IS 'Headline of the document.';
COMMENT ON COLUMN review.url IS 'Address of the document.';

COMMENT ON VIEW current_claims IS 'The claims of each document''s current revision by the reading in force. Deleted documents stay, with gone_at. Question: What is claimed today, in the latest wording of every document?';
COMMENT ON VIEW narratives_daily IS 'How often each cause is named, a day: which side speaks and whom it blames. Question: Which side blames whom for what, day by day?';
COMMENT ON VIEW contested IS 'Causes that some assert and others deny, by the side blamed. Question: Which causes does one side assert and another deny?';
COMMENT ON VIEW position_changes IS 'One named speaker, two stories: where they first took one position, and where, on a later day, they first took another. Question: Who told two stories?';
COMMENT ON VIEW carriers IS 'One line, many carriers: the claims of nearly equal documents as one row, with who carried it. Question: How many outlets carried one agency line?';
COMMENT ON VIEW queue_timeline IS 'Measured delays over time, one row a figure, from current revisions. Question: How long was the queue meanwhile, and where?';
COMMENT ON VIEW review IS 'Claims to look at before relying on them, with what speaks against each; order by confidence. Question: Which claims should a person look at first?';
COMMENT ON VIEW current_revisions IS 'The revision of each document that was seen last. Question: Which wording of a document stands now?';
COMMENT ON VIEW stories IS 'Which documents carry the same words: each document and the one of its story that was met first. Question: Which documents tell the same in the same words?';
