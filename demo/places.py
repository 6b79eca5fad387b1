"""The map: one nation, six provinces, twenty cities and fifty counties that do not exist."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """One fictional division: `code` 99xxxx, `parent` the code above it ("" for the nation).

    `letter` begins the numbers of its bodies, `id` its sites.
    """

    code: str
    name: str
    level: str
    parent: str
    letter: str
    id: str


# code, id, name, letter; a city's code ends in 0, its counties follow it.
_TABLE = """
990000 yanshi      演示国 演
990100 yunchuan    云川省 云
990110 shifan      示范市 示
990111 yanlian     演练县 练
990112 lizheng     例证区 证
990113 jiadeng     甲等县 甲
990120 yangli      样例市 样
990121 shidian     试点县 点
990122 fangzhen    仿真区 仿
990123 yideng      乙等县 乙
990130 shapan      沙盘市 盘
990131 bingdeng    丙等县 丙
990132 dingdeng    丁等区 丁
990133 wudeng      戊等县 戊
990140 tuiyan      推演市 推
990141 jideng      己等县 己
990142 gengdeng    庚等区 庚
990143 xindeng     辛等县 辛
990150 caipai      彩排市 彩
990151 juben       剧本县 剧
990152 taici       台词区 词
990153 pangbai     旁白县 旁
990200 hailan      海岚省 岚
990210 moni        模拟市 模
990211 xugou       虚构县 构
990212 rendeng     壬等区 壬
990213 guideng     癸等县 癸
990220 suowei      缩微市 缩
990221 zili        子例县 子
990222 chouli      丑例区 丑
990223 yinli       寅例县 寅
990230 jingxiang   镜像市 镜
990231 maoli       卯例区 卯
990232 chenli      辰例县 辰
990233 sili        巳例区 巳
990240 beifen      备份市 备
990241 wuli        午例县 午
990242 weili       未例区 未
990243 shenli      申例县 申
990300 jiakong     架空省 架
990310 biaoben     标本市 标
990311 youli       酉例区 酉
990312 xuli        戌例县 戌
990313 haili       亥例区 亥
990320 lanben      蓝本市 蓝
990321 caogao      草稿县 稿
990322 dichao      底抄区 底
990330 tuyang      图样市 图
990331 chugao      初拟县 初
990332 zhonggao    终拟区 终
990340 chuxing     雏形市 雏
990341 linmo       临摹县 摹
990342 moxie       默写区 默
990400 ninan       拟南省 拟
990410 yuanxing    原型市 型
990411 lianxi      习题县 习
990412 tiankong    填空区 填
990420 zhanwei     占位市 占
990421 panduan     判断区 判
990422 jianda      简答县 简
990430 yingzi      影子市 影
990431 mubu        幕布区 幕
990432 bujing      布景县 景
990500 xujiang     虚江省 虚
990510 caotu       草图市 草
990511 daoju       道具县 具
990512 liubai      留白区 留
990520 yangzhang   样张市 张
990521 xuzhang     序章县 序
990522 weisheng    尾声区 尾
990600 huanling    幻岭省 幻
990610 jiashe      假设市 设
990611 tuilun      推论县 论
990612 fanli       反例区 反
990620 beixuan     备选市 选
990621 jiading     假定县 定
990622 jieyi       借义区 借
"""


def _level(code: str) -> tuple[str, str]:
    """The level of a code and the code above it."""
    if code == "990000":
        return "national", ""
    if code.endswith("00"):
        return "provincial", "990000"
    if code.endswith("0"):
        return "municipal", f"{code[:4]}00"
    return "county", f"{code[:5]}0"


def _region(line: str) -> Region:
    code, name_id, name, letter = line.split()
    level, parent = _level(code)
    return Region(code, name, level, parent, letter, name_id)


REGIONS = tuple(map(_region, _TABLE.strip().splitlines()))
REGION = {region.code: region for region in REGIONS}


def is_above(upper: str, lower: str) -> bool:
    """Whether the region `upper` contains the region `lower` (and is not the same)."""
    while lower := REGION[lower].parent:
        if lower == upper:
            return True
    return False
