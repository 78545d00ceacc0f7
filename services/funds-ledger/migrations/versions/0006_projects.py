"""The project library, yearly plans, notices that acts wait for, acceptance, and allocations that need a project

Revision ID: 0006_projects
Revises: 0005_objections
"""

import sqlalchemy as sa
from alembic import op
from service_kit.migrations import ops
from sqlalchemy.dialects import postgresql

revision = "0006_projects"
down_revision = "0005_objections"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
INSTANT = sa.DateTime(timezone=True)
FEN = sa.BigInteger()

FINANCING_FEN = """
CREATE FUNCTION financing_fen(lines jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT CASE
        WHEN count(*) = 0 OR bool_or((line ->> 'amount_fen')::bigint <= 0 OR line ->> 'amount_fen' IS NULL) THEN -1
        ELSE sum((line ->> 'amount_fen')::bigint)
    END
    FROM jsonb_array_elements(lines) AS line
)
"""

DAYS = ("library_entry", "yearly_plan", "adjustment", "withdrawal", "allocation", "completion")
NEGATIVE_LIST = (
    ("basic_spending", "单位基本支出", "不得用于行政事业单位基本支出", "办公经费,工作经费,公用经费,差旅费,接待费"),
    ("office_buildings", "楼堂馆所", "不得修建办公楼、楼堂馆所和奢华建筑", "办公楼,楼堂馆所,会所,豪华"),
    ("bonuses", "奖金津补贴", "不得发放奖金、津贴、补贴等福利", "奖金,津贴,补助福利,慰问金,绩效工资"),
    ("debts", "偿还债务和垫资", "不得用于偿还债务、垫资和回购", "偿还债务,化解债务,还贷,垫资,回购,历史欠款"),
    ("vehicles", "交通通讯设备", "不得购买交通工具和通讯设备", "公务用车,购置车辆,通讯设备,手机"),
    ("image_projects", "形象工程", "不得搞形象工程和与巩固拓展脱贫成果无关的景观", "景观大道,牌楼,文化墙,亮化工程"),
)


def upgrade() -> None:
    op.execute("SET LOCAL app.scope_lo = '0'")
    op.execute("SET LOCAL app.scope_hi = ':'")
    op.execute(FINANCING_FEN)
    create_act_notice()
    create_publication_rule()
    create_funding_rule()
    create_negative_list_item()
    create_project()
    create_project_step()
    tie_project_to_its_last_step()
    create_project_finding()
    create_library_entry()
    create_performance_record()
    create_yearly_plan()
    create_plan_line()
    create_plan_entry()
    create_acceptance()
    create_project_asset()
    change_allocation()
    preset_rules()


def downgrade() -> None:
    raise NotImplementedError("台账只进不退;请从备份恢复")


def tie_project_to_its_last_step() -> None:
    op.create_foreign_key(
        "fk_project_last_step",
        "project",
        "project_step",
        ["county_code", "id", "version", "state"],
        ["county_code", "project_id", "seq", "to_state"],
        deferrable=True,
        initially="DEFERRED",
    )


def change_allocation() -> None:
    for name, kind in (
        ("project_id", sa.Uuid()),
        ("library_from", sa.Date()),
        ("notice_id", sa.Uuid()),
        ("released_on", sa.Date()),
    ):
        op.add_column("allocation", sa.Column(name, kind, nullable=True))
    op.execute(
        "INSERT INTO funding_rule (county_code, id, year, library_from, basis, set_by, set_by_name, created_at,"
        " updated_at) SELECT DISTINCT ON (county_code, year) county_code, gen_random_uuid(), year,"
        " date '9999-12-31', '', '00000000-0000-0000-0000-000000000000'::uuid, '', now(), now() FROM allocation"
    )
    op.execute("UPDATE allocation SET library_from = date '9999-12-31'")
    op.alter_column("allocation", "library_from", nullable=False)
    op.create_check_constraint(
        op.f("ck_allocation_library_project"),
        "allocation",
        "project_id IS NOT NULL OR (created_at AT TIME ZONE 'Asia/Shanghai')::date < library_from",
    )
    op.create_check_constraint(
        op.f("ck_allocation_notice"),
        "allocation",
        "notice_id IS NOT NULL OR (created_at AT TIME ZONE 'Asia/Shanghai')::date < library_from",
    )
    op.create_check_constraint(
        op.f("ck_allocation_after_notice"), "allocation", "paid_fen = 0 OR notice_id IS NULL OR released_on IS NOT NULL"
    )
    op.create_foreign_key(
        "fk_allocation_funding_rule",
        "allocation",
        "funding_rule",
        ["county_code", "year", "library_from"],
        ["county_code", "year", "library_from"],
        onupdate="CASCADE",
    )
    op.create_foreign_key(
        "fk_allocation_plan_entry",
        "allocation",
        "plan_entry",
        ["county_code", "project_id", "year", "region_code", "purpose"],
        ["county_code", "project_id", "year", "region_code", "purpose"],
    )
    op.create_foreign_key(
        "fk_allocation_notice",
        "allocation",
        "act_notice",
        ["county_code", "notice_id", "released_on"],
        ["county_code", "id", "closed_on"],
    )
    op.create_index(
        "ix_allocation_project",
        "allocation",
        ["county_code", "project_id"],
        postgresql_where=sa.text("project_id IS NOT NULL"),
    )
    op.execute(f"GRANT UPDATE (released_on) ON allocation TO {ops.service_role(op)}")


def preset_rules() -> None:
    """What holds until a province or county says otherwise: notices of ten days, and the usual negative list."""
    stamp = {"at": "now()", "by": "'00000000-0000-0000-0000-000000000000'::uuid", "name": "'系统预置'"}
    for n, act in enumerate(DAYS, 1):
        op.execute(
            "INSERT INTO publication_rule (id, region_code, act, effective_on, days, working_days, revision, basis,"
            f" created_at, created_by, created_by_name) VALUES ('01940000-0000-7000-8000-0000000001{n:02}', '', '{act}', '2021-01-01', 10,"
            f" false, 1, '衔接资金项目公告公示:乡镇、村级不少于 10 天', {stamp['at']}, {stamp['by']}, {stamp['name']})"
        )
    for n, (code, title, rule, words) in enumerate(NEGATIVE_LIST, 1):
        listed = ", ".join(f"'{word}'" for word in words.split(","))
        op.execute(
            "INSERT INTO negative_list_item (id, region_code, code, title, rule, words, effective_on, ends_on,"
            f" revision, basis, created_at, created_by, created_by_name) VALUES ('01940000-0000-7000-8000-0000000002{n:02}', '',"
            f" '{code}', '{title}', '{rule}', ARRAY[{listed}], '2021-01-01', NULL, 1,"
            f" '中央财政衔接资金管理办法负面清单', {stamp['at']}, {stamp['by']}, {stamp['name']})"
        )


def create_act_notice() -> None:
    table = op.create_table(
        "act_notice",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "act IN ('library_entry', 'yearly_plan', 'adjustment', 'withdrawal', 'allocation', 'completion')",
            name=op.f("ck_act_notice_act"),
        ),
        sa.CheckConstraint(
            "region_code >= county_code AND region_code < county_code || ':'",
            name=op.f("ck_act_notice_region_in_county"),
        ),
        sa.CheckConstraint("closed_on > ends_on", name=op.f("ck_act_notice_closed_after_end")),
        sa.CheckConstraint("days >= 1 AND ends_on > starts_on", name=op.f("ck_act_notice_period")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("act_notice_pkey")),
        sa.UniqueConstraint("county_code", "id", "closed_on", name="uq_act_notice_closed"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT, UPDATE (closed_on)"},
    )
    op.create_index("ix_act_notice_subject", "act_notice", ["county_code", "subject_id"], unique=False)
    ops.secure_table(op, table)


def create_publication_rule() -> None:
    table = op.create_table(
        "publication_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "act IN ('library_entry', 'yearly_plan', 'adjustment', 'withdrawal', 'allocation', 'completion')",
            name=op.f("ck_publication_rule_act"),
        ),
        sa.CheckConstraint("region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'", name=op.f("ck_publication_rule_region_code")),
        sa.CheckConstraint("days BETWEEN 1 AND 365", name=op.f("ck_publication_rule_days")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_publication_rule_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("publication_rule_pkey")),
        sa.UniqueConstraint("region_code", "act", "effective_on", "revision", name="uq_publication_rule_revision"),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_funding_rule() -> None:
    table = op.create_table(
        "funding_rule",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("library_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("funding_rule_pkey")),
        sa.UniqueConstraint("county_code", "year", "library_from", name="uq_funding_rule_library_from"),
        sa.UniqueConstraint("county_code", "year", name="uq_funding_rule_year"),
        info={
            "kind": "tenant",
            "region_column": "county_code",
            "grants": "SELECT, INSERT, UPDATE (library_from, basis, set_by, set_by_name, updated_at)",
        },
    )
    ops.secure_table(op, table)


def create_negative_list_item() -> None:
    table = op.create_table(
        "negative_list_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("region_code ~ '^(|\\d{2}|\\d{4}|\\d{6})$'", name=op.f("ck_negative_list_item_region_code")),
        sa.CheckConstraint("cardinality(words) BETWEEN 1 AND 100", name=op.f("ck_negative_list_item_words")),
        sa.CheckConstraint("ends_on >= effective_on", name=op.f("ck_negative_list_item_period")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_negative_list_item_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("negative_list_item_pkey")),
        sa.UniqueConstraint("region_code", "code", "revision", name="uq_negative_list_item_revision"),
        info={"kind": "reference", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_project() -> None:
    table = op.create_table(
        "project",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("responsible_unit", sa.Text(), nullable=True),
        sa.Column("tasks", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("planned_fen", FEN, nullable=True),
        sa.Column("financing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("beneficiaries", sa.Text(), nullable=True),
        sa.Column("beneficiary_households", sa.Integer(), nullable=True),
        sa.Column("beneficiary_people", sa.Integer(), nullable=True),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("benefit_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("benefit_mechanism", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", INSTANT, nullable=False),
        sa.Column("open_findings", sa.SmallInteger(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("pending", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('notice', 'adjustment_notice', 'withdrawal_notice')) <= (notice_id IS NOT NULL)",
            name=op.f("ck_project_notice"),
        ),
        sa.CheckConstraint(
            "category IN ('planting', 'breeding', 'processing', 'logistics', 'tourism', 'collective_economy', 'finance_support', 'road', 'irrigation', 'power', 'drinking_water', 'housing', 'environment', 'education', 'health', 'employment', 'training', 'other')",
            name=op.f("ck_project_category"),
        ),
        sa.CheckConstraint("nature IN ('new', 'extended')", name=op.f("ck_project_nature")),
        sa.CheckConstraint(
            "region_code > county_code AND region_code < county_code || ':'", name=op.f("ck_project_region_in_county")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'township_review', 'county_review', 'notice', 'library', 'adjustment_notice', 'withdrawal_notice', 'accepted', 'settled', 'completed', 'refused', 'withdrawn')",
            name=op.f("ck_project_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'township_review', 'county_review', 'refused', 'withdrawn') OR open_findings = 0",
            name=op.f("ck_project_findings_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (num_nulls(category, nature, place, responsible_unit, starts_on, ends_on, tasks, size, planned_fen, beneficiaries, beneficiary_households, beneficiary_people, benefit_mechanism) = 0 AND jsonb_array_length(goals) > 0 AND cardinality(benefit_kinds) > 0 AND financing_fen(financing) = planned_fen)",
            name=op.f("ck_project_complete"),
        ),
        sa.CheckConstraint(
            "beneficiary_households >= 0 AND beneficiary_people >= 0", name=op.f("ck_project_beneficiaries")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_project_schedule")),
        sa.CheckConstraint("length(region_code) IN (9, 12)", name=op.f("ck_project_region_level")),
        sa.CheckConstraint("open_findings >= 0", name=op.f("ck_project_findings")),
        sa.CheckConstraint("planned_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_project_planned_range")),
        sa.CheckConstraint("priority BETWEEN 1 AND 9999", name=op.f("ck_project_priority")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("project_pkey")),
        sa.UniqueConstraint("county_code", "id", "region_code", name="uq_project_region"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index("ix_project_list", "project", ["county_code", "region_code", "created_at", "id"], unique=False)
    op.create_index("ix_project_recent", "project", ["county_code", "created_at", "id"], unique=False)
    op.create_index("ix_project_state", "project", ["county_code", "state", "created_at", "id"], unique=False)
    ops.secure_table(op, table)


def create_project_step() -> None:
    table = op.create_table(
        "project_step",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("previous_seq", sa.SmallInteger(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("notice_closed_on", sa.Date(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "action NOT IN ('adjust', 'refuse', 'remove', 'return', 'withdraw') OR opinion <> ''",
            name=op.f("ck_project_step_reason"),
        ),
        sa.CheckConstraint(
            "action NOT IN ('confirm', 'enter') OR (notice_id IS NOT NULL AND notice_closed_on IS NOT NULL AND (at AT TIME ZONE 'Asia/Shanghai')::date >= notice_closed_on)",
            name=op.f("ck_project_step_after_notice"),
        ),
        sa.CheckConstraint(
            "coalesce(from_state, '') || '>' || action || '>' || to_state IN ('>open>draft', 'accepted>return>library', 'accepted>settle>settled', 'adjustment_notice>confirm>library', 'adjustment_notice>return>library', 'county_review>approve>notice', 'county_review>refuse>refused', 'county_review>return>draft', 'county_review>return>township_review', 'county_review>withdraw>withdrawn', 'draft>edit>draft', 'draft>submit>township_review', 'draft>withdraw>withdrawn', 'library>accept>accepted', 'library>adjust>adjustment_notice', 'library>remove>withdrawal_notice', 'notice>enter>library', 'notice>refuse>refused', 'notice>return>county_review', 'notice>return>draft', 'settled>hand_over>completed', 'township_review>approve>county_review', 'township_review>refuse>refused', 'township_review>return>draft', 'township_review>withdraw>withdrawn', 'withdrawal_notice>confirm>withdrawn', 'withdrawal_notice>return>library')",
            name=op.f("ck_project_step_step"),
        ),
        sa.CheckConstraint("(seq = 1) = (from_state IS NULL)", name=op.f("ck_project_step_first")),
        sa.CheckConstraint(
            "previous_seq IS NOT DISTINCT FROM nullif(seq - 1, 0)", name=op.f("ck_project_step_previous")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "notice_id", "notice_closed_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_project_step_notice",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id", "previous_seq", "from_state"],
            ["project_step.county_code", "project_step.project_id", "project_step.seq", "project_step.to_state"],
            name="fk_project_step_previous",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_project_step_project",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("project_step_pkey")),
        sa.UniqueConstraint("county_code", "project_id", "seq", "to_state", name="uq_project_step_state"),
        sa.UniqueConstraint("county_code", "project_id", "seq", name="uq_project_step_seq"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT"},
    )
    ops.secure_table(op, table)


def create_project_finding() -> None:
    table = op.create_table(
        "project_finding",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('negative', 'duplicate')", name=op.f("ck_project_finding_kind")),
        sa.CheckConstraint("verdict IN ('cleared', 'upheld')", name=op.f("ck_project_finding_verdict")),
        sa.CheckConstraint(
            "verdict IS NULL OR num_nulls(reason, decided_by, decided_by_name, decided_at) = 0",
            name=op.f("ck_project_finding_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_project_finding_project",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("project_finding_pkey")),
        sa.UniqueConstraint("county_code", "project_id", "kind", "subject_id", name="uq_project_finding_subject"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    ops.secure_table(op, table)


def create_library_entry() -> None:
    table = op.create_table(
        "library_entry",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("planned_fen", FEN, nullable=False),
        sa.Column("allocated_fen", FEN, nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("allocated_fen BETWEEN 0 AND planned_fen", name=op.f("ck_library_entry_within_planned")),
        sa.CheckConstraint("left_on IS NULL OR allocated_fen = 0", name=op.f("ck_library_entry_left_unfunded")),
        sa.CheckConstraint("planned_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_library_entry_planned_range")),
        sa.ForeignKeyConstraint(
            ["county_code", "id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_library_entry_project",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "notice_id", "entered_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_library_entry_notice",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("library_entry_pkey")),
        sa.UniqueConstraint("county_code", "id", "region_code", "purpose", name="uq_library_entry_what"),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (planned_fen, allocated_fen, left_on, updated_at)",
        },
    )
    ops.secure_table(op, table)


def create_performance_record() -> None:
    table = op.create_table(
        "performance_record",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("actuals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score_bp", sa.Integer(), nullable=False),
        sa.Column("benefited_households", sa.Integer(), nullable=False),
        sa.Column("benefited_people", sa.Integer(), nullable=False),
        sa.Column("income_fen", FEN, nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('monitoring', 'self_evaluation')", name=op.f("ck_performance_record_kind")),
        sa.CheckConstraint(
            "benefited_households >= 0 AND benefited_people >= 0 AND income_fen >= 0",
            name=op.f("ck_performance_record_benefit"),
        ),
        sa.CheckConstraint("score_bp BETWEEN 0 AND 10000", name=op.f("ck_performance_record_score")),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_performance_record_project",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("performance_record_pkey")),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT"},
    )
    op.create_index(
        "ix_performance_record_project", "performance_record", ["county_code", "project_id", "at"], unique=False
    )
    op.create_index(
        "ix_performance_record_score",
        "performance_record",
        ["county_code", "region_code", "at"],
        unique=False,
        postgresql_where=sa.text("kind = 'self_evaluation'"),
    )
    ops.secure_table(op, table)


def create_yearly_plan() -> None:
    table = op.create_table(
        "yearly_plan",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'in_force') = (effective_on IS NOT NULL)", name=op.f("ck_yearly_plan_in_force")),
        sa.CheckConstraint("state <> 'in_force' OR approved_by IS NOT NULL", name=op.f("ck_yearly_plan_approved")),
        sa.CheckConstraint("state IN ('draft', 'notice', 'in_force', 'dropped')", name=op.f("ck_yearly_plan_state")),
        sa.CheckConstraint(
            "state NOT IN ('notice', 'in_force') OR notice_id IS NOT NULL", name=op.f("ck_yearly_plan_notice")
        ),
        sa.CheckConstraint("approved_by <> created_by", name=op.f("ck_yearly_plan_two_persons")),
        sa.ForeignKeyConstraint(
            ["county_code", "notice_id", "effective_on"],
            ["act_notice.county_code", "act_notice.id", "act_notice.closed_on"],
            name="fk_yearly_plan_notice",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("yearly_plan_pkey")),
        sa.UniqueConstraint("county_code", "id", "year", "effective_on", name="uq_yearly_plan_in_force"),
        info={"kind": "tenant", "region_column": "county_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index("ix_yearly_plan_year", "yearly_plan", ["county_code", "year", "created_at", "id"], unique=False)
    ops.secure_table(op, table)


def create_plan_line() -> None:
    table = op.create_table(
        "plan_line",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("planned_fen", FEN, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "region_code > county_code AND region_code < county_code || ':'", name=op.f("ck_plan_line_region_in_county")
        ),
        sa.CheckConstraint("planned_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_plan_line_planned_range")),
        sa.CheckConstraint("priority BETWEEN 1 AND 9999", name=op.f("ck_plan_line_priority")),
        sa.ForeignKeyConstraint(
            ["county_code", "plan_id"], ["yearly_plan.county_code", "yearly_plan.id"], name="fk_plan_line_plan"
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id"],
            ["library_entry.county_code", "library_entry.id"],
            name="fk_plan_line_library",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("plan_line_pkey")),
        sa.UniqueConstraint("county_code", "plan_id", "project_id", name="uq_plan_line_project"),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT, DELETE"},
    )
    ops.secure_table(op, table)


def create_plan_entry() -> None:
    table = op.create_table(
        "plan_entry",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("planned_fen", FEN, nullable=False),
        sa.Column("allocated_fen", FEN, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("allocated_fen BETWEEN 0 AND planned_fen", name=op.f("ck_plan_entry_within_planned")),
        sa.CheckConstraint("ended_on IS NULL OR allocated_fen = 0", name=op.f("ck_plan_entry_ended_unfunded")),
        sa.CheckConstraint("planned_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_plan_entry_planned_range")),
        sa.ForeignKeyConstraint(
            ["county_code", "plan_id", "year", "effective_on"],
            ["yearly_plan.county_code", "yearly_plan.id", "yearly_plan.year", "yearly_plan.effective_on"],
            name="fk_plan_entry_plan",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id", "region_code", "purpose"],
            ["library_entry.county_code", "library_entry.id", "library_entry.region_code", "library_entry.purpose"],
            name="fk_plan_entry_library",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("plan_entry_pkey")),
        sa.UniqueConstraint(
            "county_code", "project_id", "year", "region_code", "purpose", name="uq_plan_entry_what_is_funded"
        ),
        sa.UniqueConstraint("county_code", "project_id", "year", name="uq_plan_entry_year"),
        info={
            "kind": "tenant",
            "region_column": "region_code",
            "grants": "SELECT, INSERT, UPDATE (plan_id, effective_on, planned_fen, allocated_fen, priority, ended_on, updated_at)",
        },
    )
    op.create_index(
        "ix_plan_entry_year", "plan_entry", ["county_code", "year", "region_code", "priority"], unique=False
    )
    ops.secure_table(op, table)


def create_acceptance() -> None:
    table = op.create_table(
        "acceptance",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=False),
        sa.Column("accepted_by_name", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("settled_fen", FEN, nullable=True),
        sa.Column("settlement_number", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_by_name", sa.Text(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("composition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("result_note", sa.Text(), nullable=False),
        sa.Column("assets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(result IS NOT DISTINCT FROM 'assets') = (jsonb_array_length(assets) > 0) AND (result IS DISTINCT FROM 'assets' OR financing_fen(assets) = settled_fen)",
            name=op.f("ck_acceptance_assets_add_up"),
        ),
        sa.CheckConstraint("result <> 'no_assets' OR result_note <> ''", name=op.f("ck_acceptance_result_told")),
        sa.CheckConstraint("result IN ('assets', 'no_assets')", name=op.f("ck_acceptance_result")),
        sa.CheckConstraint("(settled_fen IS NULL) = (settled_by IS NULL)", name=op.f("ck_acceptance_settled_by_whom")),
        sa.CheckConstraint(
            "result IS NULL OR settled_fen IS NOT NULL", name=op.f("ck_acceptance_settled_before_result")
        ),
        sa.CheckConstraint("settled_by <> accepted_by", name=op.f("ck_acceptance_two_persons")),
        sa.CheckConstraint("settled_fen BETWEEN 1 AND 100000000000000", name=op.f("ck_acceptance_settled_range")),
        sa.ForeignKeyConstraint(
            ["county_code", "notice_id"], ["act_notice.county_code", "act_notice.id"], name="fk_acceptance_notice"
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id", "region_code"],
            ["project.county_code", "project.id", "project.region_code"],
            name="fk_acceptance_project",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("acceptance_pkey")),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT, UPDATE"},
    )
    op.create_index(
        "uq_acceptance_standing",
        "acceptance",
        ["county_code", "project_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    ops.secure_table(op, table)


def create_project_asset() -> None:
    table = op.create_table(
        "project_asset",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value_fen", FEN, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("county_code", CODE, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "project_id"], ["project.county_code", "project.id"], name="fk_project_asset_project"
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("project_asset_pkey")),
        info={"kind": "tenant", "region_column": "region_code", "grants": "SELECT, INSERT"},
    )
    op.create_index("ix_project_asset_project", "project_asset", ["county_code", "project_id"], unique=False)
    ops.secure_table(op, table)
