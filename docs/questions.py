"""Five questions that an analyst of the border asks, each with its SQL, a table, a chart, and how to read it.

    make notebook                                            opens it in the browser, on the demo data
    KEZEK_HOME=/srv/kezek marimo edit docs/questions.py      on your own
    python docs/questions.py                                 only runs it

It reads the analysts' warehouse of KEZEK_HOME (or KEZEK_WAREHOUSE) and can't change it.
"""

import marimo

app = marimo.App(width="medium", app_title="kezek: five questions")


@app.cell
def _():
    import altair as alt
    import marimo as mo

    from kezek.settings import Settings
    from warehouse.query import run_query

    settings = Settings.from_environment()

    def ask(sql):
        """The rows of one SELECT as an Arrow table; pandas and polars take it as it is."""
        return run_query(settings.published, sql, limit=100_000).table

    def shown(sql, table, chart, *words):
        """One question's answer, with how to read it."""
        query = mo.accordion({"The SQL": mo.md(f"```sql\n{sql.strip()}\n```")})
        rows = mo.ui.table(table, selection=None, page_size=8, show_column_summaries=False)
        return mo.vstack([mo.md("\n\n".join(words)), chart, rows, query])

    sides = alt.Scale(
        domain=["KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE", "UNKNOWN"],
        range=["#00838f", "#c62828", "#f9a825", "#6a1b9a", "#5d4037", "#546e7a", "#9e9e9e", "#bdbdbd"],
    )
    days = alt.Axis(format="%-d %b", labelAngle=0)
    return alt, ask, days, mo, shown, sides


@app.cell
def _(mo):
    mo.md("""
    # Five questions about the queue

    Each row below leads back to a document: take its `claim_id` to `kezek trace` and see the sentence in its text, the
    archived bytes and their hash. **Stories** count copies of one text once; **claims** count every copy.
    """)
    return


@app.cell
def _(alt, ask, days, shown, sides):
    blame_sql = """
    SELECT
        day, speaker_side, blames,
        count(DISTINCT story_id) AS stories,
        count(DISTINCT source) AS sources,
        min(day) OVER (PARTITION BY speaker_side, blames) AS since
    FROM current_claims
    WHERE stance = 'asserts' AND blames <> 'NONE'
    GROUP BY day, speaker_side, blames
    ORDER BY day, speaker_side, stories DESC, blames
    """
    blame = ask(blame_sql)
    blame_chart = (
        alt.Chart(blame)
        .mark_bar()
        .encode(
            x=alt.X("yearmonthdate(day):O", title="day (UTC)", axis=days),
            y=alt.Y("stories:Q", title="stories"),
            color=alt.Color("blames:N", scale=sides, title="blamed"),
            column=alt.Column("speaker_side:N", title="side of the speaker"),
            tooltip=["day:T", "speaker_side:N", "blames:N", "stories:Q", "sources:Q", "since:T"],
        )
        .properties(width=100, height=200)
    )
    shown(
        blame_sql,
        blame,
        blame_chart,
        "## 1. Who blames whom, and since when?",
        "Read a column as one side's account of the queue, and `since` as the first day on which that side put it on that one.",
        "It can't say who is right, nor how loud a story was: a channel with ten readers and an agency count the same.",
    )
    return


@app.cell
def _(alt, ask, shown, sides):
    denials_sql = """
    SELECT
        denial.day AS denied_on, denial.cause, denial.blames,
        denial.speaker_name AS denied_by, denial.speaker_side AS denier_side, denial.evidence AS denial,
        assertion.day AS asserted_on, assertion.speaker_name AS asserted_by, assertion.source_name AS asserted_in,
        assertion.evidence AS assertion, denial.claim_id AS denial_id, assertion.claim_id AS assertion_id
    FROM (
        SELECT current_claims.*, row_number() OVER (PARTITION BY story_id, cause, blames, speaker_key ORDER BY day, claim_id) AS copy
        FROM current_claims WHERE stance = 'denies'
    ) AS denial
    LEFT JOIN (
        SELECT current_claims.*, row_number() OVER (PARTITION BY cause, blames ORDER BY day, claim_id) AS place
        FROM current_claims WHERE stance = 'asserts'
    ) AS assertion
        ON assertion.cause = denial.cause AND assertion.blames = denial.blames
        AND assertion.day <= denial.day AND assertion.place = 1
    WHERE denial.copy = 1
    ORDER BY denial.day, denial.cause, denial.claim_id
    """
    denials = ask(denials_sql)
    denials_chart = (
        alt.Chart(denials)
        .mark_bar()
        .encode(
            y=alt.Y("cause:N", sort="-x", title="what is denied"),
            x=alt.X("count():Q", title="denials (copies count once)"),
            color=alt.Color("denier_side:N", scale=sides, title="side of the denier"),
            tooltip=["cause:N", "denier_side:N", "count():Q"],
        )
        .properties(height=alt.Step(22))
    )
    shown(
        denials_sql,
        denials,
        denials_chart,
        "## 2. Which denials answer which assertions?",
        "Each row is a denial beside the earliest assertion of the same cause against the same side, up to that day; an empty "
        "right half means that we hold nobody who asserted it before.",
        "It can't say that the one answers the other: only cause, blame and order in time agree, so read both quotes.",
    )
    return


@app.cell
def _(alt, ask, days, shown, sides):
    turns_sql = """
    SELECT
        speaker, speaker_side, change,
        earlier_day, earlier_stance, earlier_cause, earlier_blames, earlier_evidence,
        later_day, later_stance, later_cause, later_blames, later_evidence,
        earlier_claim_id, later_claim_id
    FROM position_changes
    ORDER BY speaker, later_day, change, later_claim_id
    """
    turns = ask(turns_sql)
    turns_chart = (
        alt.Chart(turns)
        .transform_calculate(turn="datum.earlier_cause + ' → ' + datum.later_cause")
        .mark_point(filled=True, size=160)
        .encode(
            x=alt.X("yearmonthdate(later_day):O", title="day of the later words (UTC)", axis=days),
            y=alt.Y("speaker:N", title=None),
            yOffset="turn:N",
            color=alt.Color("speaker_side:N", scale=sides, title="side of the speaker"),
            shape=alt.Shape("change:N", title="what changed"),
            tooltip=["speaker:N", "turn:N", "earlier_evidence:N", "later_evidence:N"],
        )
        .properties(width=320, height=alt.Step(14))
    )
    shown(
        turns_sql,
        turns,
        turns_chart,
        "## 3. Who changed their story?",
        "Each mark is a named speaker who on a later day said something else; hover for both quotes, or read them in the table.",
        "It can't tell a change of mind from an addition, nor one person from an office that speaks with many mouths: quote "
        "both sentences with their days, never the row alone.",
    )
    return


@app.cell
def _(alt, ask, days, shown):
    queues_sql = """
    SELECT
        queues.day, queues.place, queues.metric, queues.low, queues.high, queues.speaker, queues.source_name,
        queues.evidence, queues.url, coalesce(said.stories, 0) AS stories_that_day, said.causes AS causes_that_day
    FROM queue_timeline AS queues
    LEFT JOIN (
        SELECT day, count(DISTINCT story_id) AS stories, string_agg(DISTINCT cause, '; ' ORDER BY cause) AS causes
        FROM current_claims WHERE stance = 'asserts' GROUP BY day
    ) AS said ON said.day = queues.day
    WHERE queues.place <> ''
    ORDER BY queues.metric, queues.place, queues.day, queues.low
    """
    queues = ask(queues_sql)
    queues_chart = (
        alt.Chart(queues)
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X("yearmonthdate(day):O", title="day (UTC)", axis=days),
            y=alt.Y("high:Q", title="figure"),
            color=alt.Color("place:N", title="crossing"),
            tooltip=["day:T", "place:N", "low:Q", "high:Q", "metric:N", "speaker:N", "source_name:N", "evidence:N"],
        )
        .properties(width=110, height=200)
        .facet(column=alt.Column("metric:N", title="unit"))
        .resolve_scale(y="independent")
    )
    shown(
        queues_sql,
        queues,
        queues_chart,
        "## 4. How long were the queues where, and what was said that day?",
        "Each mark is one figure by one account, in its own unit; the table puts the causes asserted on the same day beside it.",
        "It can't be summed or averaged: figures are for different hours and counts of different things, and a plan, a year's "
        "total or a whole border can stand among them, so look at the evidence.",
    )
    return


@app.cell
def _(alt, ask, days, shown):
    seen_sql = """
    SELECT
        read.day, sources.side, sources.source_id AS source, sources.name,
        read.found, read.failed, read.complete, read.gap_from, read.gap_to, read.stop_reason,
        coalesce(said.claims, 0) AS claims,
        CASE
            WHEN NOT read.complete OR read.gap_from IS NOT NULL THEN 'not all seen'
            WHEN read.failed > 0 THEN 'some failed'
            WHEN coalesce(said.claims, 0) = 0 THEN 'seen, nothing said'
            ELSE 'seen'
        END AS seen
    FROM (
        SELECT
            cast(timezone('UTC', interval_start) AS date) AS day, source_id, parsed AS found, failed, complete,
            gap_from, gap_to, stop_reason
        FROM coverage
    ) AS read
    JOIN sources ON sources.source_id = read.source_id
    LEFT JOIN (
        SELECT day, source, count(*) AS claims FROM current_claims GROUP BY day, source
    ) AS said ON said.day = read.day AND said.source = read.source_id
    ORDER BY read.day, sources.side, sources.source_id
    """
    seen = ask(seen_sql)
    tiles = alt.Chart(seen).encode(
        x=alt.X("yearmonthdate(day):O", title="day (UTC)", axis=days), y=alt.Y("name:N", title=None)
    )  # fmt: skip
    kinds = alt.Scale(
        domain=["seen", "seen, nothing said", "some failed", "not all seen"],
        range=["#80cbc4", "#eceff1", "#ffcc80", "#e57373"],
    )
    seen_chart = (
        tiles.mark_rect(stroke="white").encode(
            color=alt.Color("seen:N", scale=kinds, title=None),
            tooltip=["name:N", "day:T", "found:Q", "failed:Q", "claims:Q", "stop_reason:N"],
        )
        + tiles.mark_text(color="#263238").encode(text="claims:Q")
    ).properties(width=220, height=alt.Step(20))
    shown(
        seen_sql,
        seen,
        seen_chart,
        "## 5. What did we not see?",
        "The number is the claims of that source for that day; grey is a zero that you may quote, red one that you may not, for "
        "part of the day could not be read.",
        "It can't say what stood in the part that was not seen, and a claim said on an earlier day than its document counts "
        "for that earlier day.",
    )
    return


if __name__ == "__main__":
    app.run()
