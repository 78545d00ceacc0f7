"""The Chinese of the register's words on paper. Screens have their own, in two languages.

Monitored classes and risks are not here: their names are policy and come from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable

RELATION = {
    "head": "户主",
    "spouse": "配偶",
    "child": "子女",
    "child_in_law": "儿媳、女婿",
    "grandchild": "孙子女",
    "parent": "父母",
    "parent_in_law": "公婆、岳父母",
    "grandparent": "祖父母",
    "sibling": "兄弟姐妹",
    "other": "其他",
}
SEX = {"male": "男", "female": "女"}
LABOUR = {
    "skilled": "技能劳动力",
    "ordinary": "普通劳动力",
    "weak": "弱（半）劳动力",
    "lost": "丧失劳动力",
    "none": "无劳动力",
}
HEALTH = {"healthy": "健康", "chronic": "长期慢性病", "severe": "患有大病", "disabled": "残疾"}
EDUCATION = {
    "illiterate": "文盲或半文盲",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中或中专",
    "college": "大专",
    "university": "本科及以上",
}
SCHOOLING = {
    "none": "非在校",
    "preschool": "学前",
    "primary": "小学",
    "junior": "初中",
    "senior": "普高",
    "vocational": "中职",
    "higher": "高等教育",
    "dropout": "失学辍学",
}
EMPLOYMENT = {
    "none": "未就业",
    "farming": "务农",
    "local_job": "县内务工",
    "migrant_job": "县外务工",
    "welfare_post": "公益性岗位",
    "own_business": "自主经营",
}
MEMBER_STATE = {"present": "在册", "died": "已故", "moved_out": "已迁出"}
DWELLING = {"A": "A级", "B": "B级", "C": "C级（危房）", "D": "D级（危房）"}
WATER = {"centralised": "集中供水", "dispersed": "分散供水", "unsafe": "饮水不安全"}
GUARANTEE = {
    "food": "吃饭",
    "clothing": "穿衣",
    "education": "义务教育",
    "medical": "基本医疗",
    "dwelling": "住房安全",
    "water": "饮水安全",
}
RIGID = {
    "medical": "医疗",
    "education": "教育",
    "disability_care": "残疾照护",
    "housing_repair": "住房修缮",
    "disaster": "灾害损失",
    "other": "其他",
}
BENEFIT = {
    "subsistence_allowance": "低保",
    "destitute_support": "特困供养",
    "medical_aid": "医疗救助",
    "education_aid": "教育资助（含雨露计划）",
    "dwelling_renovation": "危房改造",
    "welfare_post": "公益性岗位",
    "poverty_relocation": "易地扶贫搬迁",
    "microloan": "小额信贷",
    "industry_support": "产业帮扶",
    "prevention_insurance": "防贫综合保险",
    "other": "其他",
}
CASE_KIND = {"identification": "识别纳入", "elimination": "风险消除", "natural_elimination": "自然消除"}
CASE_STATE = {
    "application": "提交申请",
    "home_verification": "入户核实",
    "village_review": "村级评议",
    "notice": "公示",
    "township_review": "乡镇审核",
    "county_determination": "县级比对审定",
    "monitored": "已纳入监测",
    "eliminated": "风险已消除",
    "refused": "不予认定",
    "withdrawn": "已撤回",
    "rolled_back": "已回退",
    "remarked": "再次标注风险",
}
STATUS = {"lifted": "脱贫户", "monitored": "监测对象", "ordinary": "一般农户"}


def yes(value: bool) -> str:
    return "是" if value else "否"


def joined(values: Iterable[str]) -> str:
    return "、".join(values)
