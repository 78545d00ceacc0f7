"""SQL of a batch of allocations: what is locked and looked up, and the one statement that writes it all down."""

from __future__ import annotations

from funds_ledger.allocations.announcement import ALLOCATION

LOCK_DOCUMENTS = """
    SELECT d.id, d.pool_id, d.number, d.direct, d.amount_fen + d.adjusted_fen - d.allocated_fen AS left
    FROM fund_document d WHERE d.county_code = $1 AND d.id = ANY($2::uuid[])
    ORDER BY d.id FOR NO KEY UPDATE
"""
LOCK_POOLS = """
    SELECT p.id, p.year, p.source_level, p.received_fen, p.allocated_industry_fen, p.allocated_other_fen, p.floor_bp,
        p.last_seq, p.last_hash, f.library_from, c.id AS available_id
    FROM pool p
    JOIN funding_rule f ON f.county_code = $1 AND f.year = p.year
    JOIN account c ON c.county_code = $1 AND c.pool_id = p.id AND c.kind = 'available' AND c.region_code = $1
        AND c.purpose IS NULL
    WHERE p.county_code = $1 AND p.id = ANY($2::uuid[])
    ORDER BY p.id FOR NO KEY UPDATE OF p
"""
LOOK = """
    SELECT 'account' AS what, a.id, a.pool_id, a.region_code AS code, a.purpose AS word
    FROM unnest($3::uuid[], $4::text[], $5::text[]) AS w(pool_id, region_code, purpose)
    JOIN account a ON a.county_code = $1 AND a.pool_id = w.pool_id AND a.kind = 'allocated'
        AND a.region_code = w.region_code AND a.purpose = w.purpose
    UNION ALL
    SELECT 'known', k.id, NULL, NULL, NULL FROM allocation k WHERE k.county_code = $1 AND k.id = ANY($2::uuid[])
    UNION ALL
    SELECT 'place', NULL, NULL, r.code, r.name FROM region r WHERE r.code = ANY($4::text[])
    UNION ALL
    (SELECT 'rule', NULL, NULL, CAST(u.days AS text), CAST(u.working_days AS text) FROM publication_rule u
     WHERE u.act = 'allocation' AND u.effective_on <= $8::date
        AND u.region_code IN ('', left($1, 2), left($1, 4), $1)
     ORDER BY length(u.region_code) DESC, u.effective_on DESC, u.revision DESC LIMIT 1)
    UNION ALL
    SELECT 'answered', i.actor_id, NULL, i.key, NULL
    FROM unnest($6::uuid[], $7::text[]) AS w(actor_id, key)
    JOIN idempotency_key i ON i.actor_id = w.actor_id AND i.key = w.key
"""
"""After the pools are locked: accounts are opened under that lock."""

POOL_TYPES = ("uuid", "bigint", "bigint", "bigint", "integer", "bytea", "bytea", "uuid", "bigint", "integer", "text",
              "date", "bigint", "integer")  # fmt: skip
GROUP_TYPES = ("integer", "uuid", "uuid", "uuid", "text", "text", "uuid", "text", "text", "text", "text", "text",
               "uuid", "text", "text", "text", "text", "text", "text")  # fmt: skip
LINE_TYPES = ("integer", "uuid", "text", "text", "text", "text", "bigint", "uuid", "boolean", "bigint", "uuid", "uuid",
              "bigint", "bigint", "bytea", "bytea")  # fmt: skip
ACCOUNT_TYPES = ("uuid", "uuid", "text", "text", "bigint")
DOCUMENT_TYPES = ("uuid", "bigint")
ANSWER_TYPES = ("uuid", "text", "text", "text", "bytea", "smallint", "text", "timestamptz")


class _Arguments:
    """Numbers the arrays."""

    def __init__(self, first: int) -> None:
        self._next = first

    def unnest(self, types: tuple[str, ...]) -> str:
        first, self._next = self._next, self._next + len(types)
        return "unnest(" + ", ".join(f"${first + place}::{name}[]" for place, name in enumerate(types)) + ")"


_arguments = _Arguments(6)

WRITE = f"""
    WITH state AS MATERIALIZED (
        SELECT * FROM {_arguments.unnest(POOL_TYPES)} AS s(
            pool_id, industry, other, last_seq, posted, previous_hash, last_hash, available_id, total, pool_year,
            source_level, library_from, received, floor_bp)
    ), grp AS MATERIALIZED (
        SELECT * FROM {_arguments.unnest(GROUP_TYPES)} AS g(
            number, pool_id, batch_id, by, by_name, by_role, audit_id, action, audit_type, audit_subject, region_code,
            detail, notice_id, notice_title, document_number, paragraphs, notice_table, subject_type, subject_id)
    ), line AS MATERIALIZED (
        SELECT l.*, g.by, g.by_name, g.batch_id, s.* FROM {_arguments.unnest(LINE_TYPES)} AS l(
            number, allocation_id, region_code, purpose, title, note, amount, document_id, direct, seq, transfer_id,
            held_id, industry_after, other_after, line_previous, line_hash)
        JOIN grp g ON g.number = l.number
        JOIN state s ON s.pool_id = g.pool_id
    ), posted AS (
        UPDATE pool SET
            allocated_industry_fen = s.industry,
            allocated_other_fen = s.other,
            last_seq = s.last_seq,
            previous_hash = s.previous_hash,
            last_hash = s.last_hash,
            version = version + s.posted,
            updated_at = $2::timestamptz
        FROM state s
        WHERE pool.county_code = $1::text AND pool.id = s.pool_id AND pool.last_seq = s.last_seq - s.posted
        RETURNING pool.id
    ), allocated AS (
        INSERT INTO allocation (
            county_code, id, region_code, pool_id, year, source_level, document_id, direct, purpose, title, amount_fen,
            note, library_from, batch_id, committed_fen, paid_fen, status, created_at, updated_at, version, created_by,
            created_by_name
        )
        SELECT $1::text, allocation_id, region_code, pool_id, pool_year, source_level, document_id, direct, purpose,
            title, amount, note, library_from, batch_id, 0, 0, 'allocated', $2::timestamptz, $2::timestamptz, 1, by,
            by_name
        FROM line
    ), debited AS (
        INSERT INTO account (
            county_code, id, region_code, pool_id, year, source_level, kind, purpose, debited_fen, credited_fen,
            created_at, updated_at
        )
        SELECT $1::text, a.id, a.region_code, a.pool_id, s.pool_year, s.source_level, 'allocated', a.purpose, a.fen, 0,
            $2::timestamptz, $2::timestamptz
        FROM {_arguments.unnest(ACCOUNT_TYPES)} AS a(id, pool_id, region_code, purpose, fen)
        JOIN state s ON s.pool_id = a.pool_id
        ON CONFLICT (county_code, pool_id, kind, region_code, purpose)
        DO UPDATE SET debited_fen = account.debited_fen + excluded.debited_fen, updated_at = excluded.updated_at
    ), credited AS (
        UPDATE account SET credited_fen = credited_fen + s.total, updated_at = $2::timestamptz
        FROM state s
        WHERE account.county_code = $1::text AND account.id = s.available_id AND account.pool_id = s.pool_id
        RETURNING account.id
    ), drawn AS (
        UPDATE fund_document SET allocated_fen = allocated_fen + d.fen, updated_at = $2::timestamptz
        FROM {_arguments.unnest(DOCUMENT_TYPES)} AS d(id, fen)
        WHERE fund_document.county_code = $1::text AND fund_document.id = d.id
    ), moved AS (
        INSERT INTO transfer (
            county_code, id, region_code, pool_id, seq, kind, debit_account_id, credit_account_id, amount_fen,
            document_id, allocation_id, received_after_fen, industry_after_fen, other_after_fen, floor_bp,
            posted_at, posted_by, posted_by_name, previous_hash, hash
        )
        SELECT $1::text, transfer_id, region_code, pool_id, seq, 'allocation', held_id, available_id, amount,
            document_id, allocation_id, received, industry_after, other_after, floor_bp,
            $2::timestamptz, by, by_name, line_previous, line_hash
        FROM line ORDER BY seq
    ), audited AS (
        INSERT INTO audit_entry (id, at, actor_id, actor_role, action, subject_type, subject_id, region_code, detail)
        SELECT audit_id, $2::timestamptz, by, by_role, action, audit_type, audit_subject, region_code,
            CAST(detail AS jsonb)
        FROM grp RETURNING id
    ), unsealed AS (
        INSERT INTO audit_pending (entry_id) SELECT id FROM audited
    ), remembered AS (
        INSERT INTO idempotency_key (actor_id, key, method, path, body_hash, status, response, created_at)
        SELECT k.actor_id, k.key, k.method, k.path, k.body_hash, k.status, CAST(k.response AS jsonb), k.created_at
        FROM {_arguments.unnest(ANSWER_TYPES)} AS k(
            actor_id, key, method, path, body_hash, status, response, created_at)
    ), announced AS (
        INSERT INTO notice (
            county_code, id, region_code, kind, title, document_number, paragraphs, "table", subject_type, subject_id,
            starts_on, ends_on, published_at
        )
        SELECT $1::text, notice_id, region_code, '{ALLOCATION}', notice_title, document_number,
            CAST(paragraphs AS jsonb), CAST(notice_table AS jsonb), subject_type, subject_id,
            $3::date, $4::date, $2::timestamptz
        FROM grp
    ), shown AS (
        INSERT INTO act_notice (county_code, id, region_code, act, subject_id, starts_on, days, ends_on)
        SELECT $1::text, notice_id, region_code, 'allocation', CAST(subject_id AS uuid), $3::date, $5::smallint,
            $4::date
        FROM grp
    )
    SELECT (SELECT count(*) FROM posted) AS pools, (SELECT count(*) FROM credited) AS credited
"""  # noqa: S608 - constants
"""Arguments: the county, the moment, first and last day and number of days of the notices, then the columns of pools,
groups, lines, accounts, documents and answers.

A pool that does not stand where the batch left off is not changed; the count tells, and the transfers would not have
followed: their place in the chain is unique.
"""
