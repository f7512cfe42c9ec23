-- What a person should look at before relying on it.

CREATE VIEW review AS
SELECT
    claim_id, concat_ws('; ', low, both_ways, other_cause) AS doubts,
    confidence, day, cause, stance, blames, speaker, speaker_kind, speaker_side, evidence, cause_text, pattern,
    document_id, source, source_name, lang, title, url
FROM (
    SELECT
        one.*,
        CASE WHEN one.confidence < 0.6 THEN 'low confidence' END AS low,
        CASE WHEN EXISTS (
            SELECT 1 FROM current_claims AS other
            WHERE other.document_id = one.document_id AND other.cause = one.cause
                AND other.speaker_key = one.speaker_key AND other.stance <> one.stance
        ) THEN 'asserted and denied by one speaker in one document' END AS both_ways,
        CASE WHEN EXISTS (
            SELECT 1 FROM current_claims AS other
            WHERE other.document_id = one.document_id AND other.cause <> one.cause
                AND other.evidence_field = one.evidence_field
                AND other.cause_start < one.cause_end AND one.cause_start < other.cause_end
        ) THEN 'another cause is read in the same words' END AS other_cause
    FROM current_claims AS one
) AS doubted
WHERE low IS NOT NULL OR both_ways IS NOT NULL OR other_cause IS NOT NULL;
COMMENT ON VIEW review IS 'Claims to look at before relying on them, with what speaks against each; order by confidence.';
COMMENT ON COLUMN review.claim_id IS 'The claim.';
COMMENT ON COLUMN review.doubts IS 'low confidence (under 0.6); asserted and denied by one speaker in one document; another cause is read in the same words.';
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
COMMENT ON COLUMN claims.confidence IS 'The probability that cause and stance are right, from 0 to 1: learnt, calibrated on documents that were not learnt from.';
COMMENT ON COLUMN current_claims.confidence IS 'The probability that cause and stance are right, from 0 to 1.';
