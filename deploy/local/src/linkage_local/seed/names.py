"""Names that sound like southern Hunan. Every combination is drawn at random, none from a register."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from monitoring_api.terms import Sex
from service_kit.pinyin import initials

_SURNAMES_BY_WEIGHT = {
    62: "刘",
    60: "李",
    42: "王",
    40: "陈",
    38: "张",
    36: "黄",
    30: "周",
    28: "谢 何",
    26: "曹",
    24: "邓",
    22: "唐 罗",
    20: "袁 雷",
    18: "段 朱",
    16: "彭 曾",
    14: "樊 许 胡",
    12: "肖 蒋 吴",
    10: "廖 郭 谭 杨",
    8: "欧阳 龙 欧",
    6: "焦 宋 程",
    5: "方 侯 盘 赵 钟 徐",
    4: "邝 蔡 高 林 梁",
    3: "首 戴 龚 江 马 孙 薛 尹",
    2: "夏 石",
}
_MALE_OLD = "国建志明德文光福贵华军平生成荣才金友祥忠庆良永兴家富仁义开先启学清正新世大春秋水石桂求南湘运红卫东"
_FEMALE_OLD = "英秀桂兰珍玉花凤香莲菊翠梅红爱美云娥芳金银春秋月满细冬清淑喜连友贵和小元平湘丽"
_MALE_YOUNG = "子轩宇浩杰俊涛鑫磊鹏伟勇斌超凯博文昊泽睿晨阳天佑嘉豪梓翔志强峰飞旭辉龙林森煜铭航承思远立景瑞"
_FEMALE_YOUNG = "欣怡雨涵佳婷静丽雯慧敏思琪梦洁诗雅妍子萱语彤梓琳芳娜晓燕艳霞倩蓉薇莹玲璇紫若可心依悦晴嘉"


class Name(NamedTuple):
    """A full name and its pinyin initials in lower case."""

    text: str
    initials: str


@lru_cache(maxsize=4096)
def _initial(part: str) -> str:
    return initials(part)


class NamePool:
    """Draws surnames by clan and given names by sex and generation."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        weighted = [(text, weight) for weight, texts in _SURNAMES_BY_WEIGHT.items() for text in texts.split()]
        self._surnames = [text for text, _ in weighted]
        self._cumulative = list(accumulate(weight for _, weight in weighted))
        self._parts = {
            ("male", False): _MALE_OLD,
            ("male", True): _MALE_YOUNG,
            ("female", False): _FEMALE_OLD,
            ("female", True): _FEMALE_YOUNG,
        }

    def surnames(self, count: int) -> list[str]:
        """Surnames of the whole region."""
        return self._rng.choices(self._surnames, cum_weights=self._cumulative, k=count)

    def clan_surnames(self, count: int) -> list[str]:
        """Surnames of householders in one village, where three clans are most of the people."""
        clans = self.surnames(3)
        draws = [self._rng.random() for _ in range(count)]
        return [
            clans[0] if draw < 0.34 else clans[1] if draw < 0.52 else clans[2] if draw < 0.64 else other
            for draw, other in zip(draws, self.surnames(count), strict=True)
        ]

    def given(self, surname: str, sex: Sex, birth_year: int) -> Name:
        """A full name; those born since 1985 get a young name, one in eight a name of one character."""
        random = self._rng.random
        parts = self._parts[sex, birth_year >= 1985]
        first = parts[int(random() * len(parts))]
        if random() < 0.125:
            return Name(surname + first, _initial(surname) + _initial(first))
        second = parts[int(random() * len(parts))]
        return Name(surname + first + second, _initial(surname) + _initial(first) + _initial(second))
