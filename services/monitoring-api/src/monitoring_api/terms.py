"""Words that the register's columns hold. The Chinese of each is in ``docs/domain.md`` and on the screens.

Monitored classes and risks are not here: they are policy, so they live in the catalogue tables with dates.
"""

from __future__ import annotations

from typing import Literal

VillageType = Literal["lifted", "key_assistance", "model"]
"""脱贫村、重点帮扶村、乡村振兴示范村 (MON-18)."""

HouseholdState = Literal["active", "closed"]
"""在册、已销户. A closed household keeps its history and is counted nowhere."""

MemberState = Literal["present", "died", "moved_out", "merged", "void"]
"""在册、死亡、迁出、重复登记已合并、登记作废. Only those present are counted; the last two are no persons."""

Status = Literal["lifted", "monitored", "ordinary"]
"""Filter of lists: 脱贫户、监测对象、一般农户 (neither)."""

DwellingGrade = Literal["A", "B", "C", "D"]
"""住房安全鉴定等级; C and D are dangerous."""

WaterSupply = Literal["centralised", "dispersed", "unsafe"]
"""集中供水、分散供水、饮水不安全."""

DependantRelation = Literal[
    "spouse", "child", "child_in_law", "grandchild", "parent", "parent_in_law", "grandparent", "sibling", "other"
]
Relation = Literal["head", DependantRelation]
"""与户主关系."""

Sex = Literal["male", "female"]

LabourAbility = Literal["skilled", "ordinary", "weak", "lost", "none"]
"""技能劳动力、普通劳动力、弱劳动力或半劳动力、丧失劳动力、无劳动力."""

Health = Literal["healthy", "chronic", "severe", "disabled"]
"""健康、长期慢性病、患有大病、残疾."""

Education = Literal["illiterate", "primary", "junior", "senior", "college", "university"]
"""文盲或半文盲、小学、初中、高中或中专、大专、本科及以上."""

Schooling = Literal["none", "preschool", "primary", "junior", "senior", "vocational", "higher", "dropout"]
"""在校情况: 非在校、学前、小学、初中、普高、中职、高等教育、失学辍学."""

Employment = Literal["none", "farming", "local_job", "migrant_job", "welfare_post", "own_business"]
"""未就业、务农、县内务工、县外务工、公益性岗位、自主经营."""

Guarantee = Literal["food", "clothing", "education", "medical", "dwelling", "water"]
"""两不愁三保障和饮水安全 (MON-4)."""

RigidKind = Literal["medical", "education", "disability_care", "housing_repair", "disaster", "other"]
"""刚性支出: 医疗、教育、残疾照护、住房修缮、灾害损失、其他."""

BenefitKind = Literal[
    "subsistence_allowance",
    "destitute_support",
    "medical_aid",
    "education_aid",
    "dwelling_renovation",
    "welfare_post",
    "poverty_relocation",
    "microloan",
    "industry_support",
    "prevention_insurance",
    "other",
]
"""享受政策: 低保、特困供养、医疗救助、教育资助(含雨露计划)、危房改造、公益性岗位、易地扶贫搬迁、小额信贷、产业帮扶、
防贫综合保险、其他."""

Act = Literal[
    "registered",
    "imported",
    "corrected",
    "member_added",
    "member_corrected",
    "monitoring_set",
    "monitoring_cleared",
    "act",
    "persons_merged",
    "persons_unmerged",
    "benefit_added",
    "benefit_corrected",
    "benefit_ended",
]
"""What a line of a household's history records. ``act``: one of ``ActKind``, told in full by the act itself."""

ActKind = Literal[
    "birth",
    "move_in",
    "death",
    "head_change",
    "split",
    "merge",
    "transfer",
    "move_village",
    "move_out",
    "declare_move",
    "withdraw_move",
    "decline_move",
    "moved_out",
    "moved_in",
    "close",
    "undo",
]
"""出生、迁入、死亡、变更户主、分户、并户、转入他户、整户迁往本辖区他村、迁出系统外、申报迁往他处、撤回申报、申报被退回、
已被接收迁出、接收迁入、销户、撤销上一变动."""
