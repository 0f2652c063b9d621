"""Chinese names with their pinyin: no two people of one company share an account."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

_SURNAMES = """
王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu 孙 sun 马 ma 朱 zhu 胡 hu
郭 guo 何 he 林 lin 高 gao 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 xu 韩 han 冯 feng 邓 deng
曹 cao 彭 peng 曾 zeng 萧 xiao 田 tian 董 dong 潘 pan 袁 yuan 蔡 cai 蒋 jiang 余 yu 于 yu 杜 du 叶 ye
程 cheng 魏 wei 苏 su 吕 lv 丁 ding
"""
_GIVEN = """
伟 wei 芳 fang 娜 na 敏 min 静 jing 丽 li 强 qiang 磊 lei 军 jun 洋 yang 勇 yong 艳 yan 杰 jie 娟 juan 涛 tao
明 ming 超 chao 霞 xia 平 ping 刚 gang 桂英 guiying 建华 jianhua 文静 wenjing 志强 zhiqiang 雨桐 yutong
子涵 zihan 思远 siyuan 欣怡 xinyi 浩然 haoran 梓萱 zixuan 嘉懿 jiayi 晨曦 chenxi 俊杰 junjie 雪梅 xuemei
国栋 guodong 海燕 haiyan 玉兰 yulan 晓东 xiaodong 春生 chunsheng 立新 lixin
"""


class Name(NamedTuple):
    """What somebody is called, and the account that goes with it."""

    chinese: str
    english: str
    username: str


def issue(random: Random) -> Iterator[Name]:
    """Give one name after another, in an order that hangs on `random` alone."""
    surnames, given = _pairs(_SURNAMES), _pairs(_GIVEN)
    seen: dict[str, int] = {}
    while True:
        (surname, pinyin), (name, name_pinyin) = random.choice(surnames), random.choice(given)
        account = f"{pinyin}.{name_pinyin}"
        seen[account] = seen.get(account, 0) + 1
        number = "" if seen[account] == 1 else str(seen[account])
        yield Name(surname + name, f"{name_pinyin.title()} {pinyin.title()}", account + number)


def _pairs(written: str) -> list[tuple[str, str]]:
    words = written.split()
    return list(zip(words[::2], words[1::2], strict=True))
