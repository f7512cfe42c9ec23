-- What a night brought, told once: as numbers, and as the text that is sent. The numbers are of the run and its interval, never of
-- the clock, so that a night that is run again, or by a backfill, tells the same.

CREATE TABLE night_summaries (
    run_id text NOT NULL PRIMARY KEY,
    interval_start timestamptz NOT NULL,
    interval_end timestamptz NOT NULL,
    state text NOT NULL,
    sources bigint NOT NULL,
    gaps bigint NOT NULL,
    sources_failed bigint NOT NULL,
    gaps_closed bigint NOT NULL,
    off_layout bigint NOT NULL,
    stale bigint NOT NULL,
    odd_volumes bigint NOT NULL,
    documents_new bigint NOT NULL,
    revisions_new bigint NOT NULL,
    unparsed bigint NOT NULL,
    unannotated bigint NOT NULL,
    claims_new bigint NOT NULL,
    denials_new bigint NOT NULL,
    contested_new bigint NOT NULL,
    positions_changed bigint NOT NULL,
    contradictions_new bigint NOT NULL,
    queue_figures bigint NOT NULL,
    vehicles_most double precision,
    vehicles_place text,
    vehicles_at timestamptz,
    vehicles_url text,
    kilometres_most double precision,
    kilometres_place text,
    kilometres_at timestamptz,
    kilometres_url text,
    hours_most double precision,
    hours_place text,
    hours_at timestamptz,
    hours_url text,
    days_most double precision,
    days_place text,
    days_at timestamptz,
    days_url text,
    headline text NOT NULL,
    trouble text NOT NULL,
    text text NOT NULL,
    written_at timestamptz NOT NULL
);
COMMENT ON TABLE night_summaries IS 'One row a run: what it brought, what needs somebody, and the text that told it.';
COMMENT ON COLUMN night_summaries.run_id IS 'Name of the run and its interval, e.g. nightly/2025-10-01; a run that is run twice has one row.';
COMMENT ON COLUMN night_summaries.interval_start IS 'Start of the data interval (UTC), included.';
COMMENT ON COLUMN night_summaries.interval_end IS 'End of the data interval (UTC), not included.';
COMMENT ON COLUMN night_summaries.state IS 'whole: every source was read to the end of the interval; gaps: some show no more, or not yet; trouble: somebody should look, the column trouble says at what.';
COMMENT ON COLUMN night_summaries.sources IS 'Sources that were asked for the interval.';
COMMENT ON COLUMN night_summaries.gaps IS 'Of these, how many were not read to its end, for whatever reason.';
COMMENT ON COLUMN night_summaries.sources_failed IS 'Of these, how many broke: the rest of the gaps are of sources that show no more, or not yet.';
COMMENT ON COLUMN night_summaries.gaps_closed IS 'Other intervals that this run read to their end for a source, left open by earlier runs.';
COMMENT ON COLUMN night_summaries.off_layout IS 'Sources of the interval with pages that no longer fitted their own parser.';
COMMENT ON COLUMN night_summaries.stale IS 'Sources whose last document, as of the end of the interval, was much older than their habit, though their days were read.';
COMMENT ON COLUMN night_summaries.odd_volumes IS 'Sources whose latest complete day, as of the end of the interval, had an unusual number of documents or claims.';
COMMENT ON COLUMN night_summaries.documents_new IS 'Documents that the warehouse met first through a fetch of this run: a second run over the same interval fetches them no more and changes nothing.';
COMMENT ON COLUMN night_summaries.revisions_new IS 'Later wordings of documents that were first fetched by this run.';
COMMENT ON COLUMN night_summaries.unparsed IS 'Answers to this run that no document could be read from.';
COMMENT ON COLUMN night_summaries.unannotated IS 'Wordings first fetched by this run that no model has read yet: their claims are missing here.';
COMMENT ON COLUMN night_summaries.claims_new IS 'Claims in force in the wordings first fetched by this run, but for those whose cause, stance and speaker an earlier wording of the same document has too.';
COMMENT ON COLUMN night_summaries.denials_new IS 'Of the new claims, those that deny.';
COMMENT ON COLUMN night_summaries.contested_new IS 'Pairs of cause and blamed side that are both asserted and denied since this run. Claims in force of all wordings count, each as of the run that first fetched its wording; runs follow each other by the end of their interval, whenever they ran, then by their beginning.';
COMMENT ON COLUMN night_summaries.positions_changed IS 'Rows of position_changes of the kinds stance, blames and delay of which this run, in the same order of runs, brought the second claim.';
COMMENT ON COLUMN night_summaries.contradictions_new IS 'contested_new and positions_changed together.';
COMMENT ON COLUMN night_summaries.queue_figures IS 'Measured delays in the wordings first fetched by this run that are for a time within the seven days before the end of the interval.';
COMMENT ON COLUMN night_summaries.vehicles_most IS 'The greatest of these figures that is in vehicles; empty where none is.';
COMMENT ON COLUMN night_summaries.vehicles_place IS 'Where that was; empty where it is not said.';
COMMENT ON COLUMN night_summaries.vehicles_at IS 'The time that it is for, else of publication, else of the fetch (UTC).';
COMMENT ON COLUMN night_summaries.vehicles_url IS 'Address of its document.';
COMMENT ON COLUMN night_summaries.kilometres_most IS 'The greatest of these figures that is in kilometres; empty where none is.';
COMMENT ON COLUMN night_summaries.kilometres_place IS 'Where that was; empty where it is not said.';
COMMENT ON COLUMN night_summaries.kilometres_at IS 'The time that it is for, else of publication, else of the fetch (UTC).';
COMMENT ON COLUMN night_summaries.kilometres_url IS 'Address of its document.';
COMMENT ON COLUMN night_summaries.hours_most IS 'The greatest of these figures that is in hours; empty where none is.';
COMMENT ON COLUMN night_summaries.hours_place IS 'Where that was; empty where it is not said.';
COMMENT ON COLUMN night_summaries.hours_at IS 'The time that it is for, else of publication, else of the fetch (UTC).';
COMMENT ON COLUMN night_summaries.hours_url IS 'Address of its document.';
COMMENT ON COLUMN night_summaries.days_most IS 'The greatest of these figures that is in days; empty where none is.';
COMMENT ON COLUMN night_summaries.days_place IS 'Where that was; empty where it is not said.';
COMMENT ON COLUMN night_summaries.days_at IS 'The time that it is for, else of publication, else of the fetch (UTC).';
COMMENT ON COLUMN night_summaries.days_url IS 'Address of its document.';
COMMENT ON COLUMN night_summaries.headline IS 'The summary in one line.';
COMMENT ON COLUMN night_summaries.trouble IS 'What somebody should look at, one line each; empty where nothing is.';
COMMENT ON COLUMN night_summaries.text IS 'The whole summary, for a mail or a chat.';
COMMENT ON COLUMN night_summaries.written_at IS 'When the row last changed (UTC).';
