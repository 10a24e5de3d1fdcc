"""Daily bills as WeChat Pay and Alipay write them: backticks in UTF-8, and a packed table in GBK."""

from __future__ import annotations

import io
import zipfile

from tests.contract.payment import alipay_notices, wechat_notices

WECHAT_COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
ALIPAY_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def wechat_payment(
    at: str, number: str, amount: str, fee: str, *, title: str = "tea", mchid: str = wechat_notices.MCHID
) -> str:
    cells = (
        at, wechat_notices.APPID, mchid, "0", "", f"42{number}", number, "oUpF8", "NATIVE", "SUCCESS", "OTHERS",
        "CNY", amount, "0.00", "0", "0", "0.00", "0.00", "", "", title, "", fee, "0.60%", amount, "0.00", "",
    )  # fmt: skip
    return "`" + ",`".join(cells)


def wechat_refund(at: str, number: str, refund: str, amount: str, fee: str) -> str:
    cells = (
        at, wechat_notices.APPID, wechat_notices.MCHID, "0", "", f"42{number}", number, "oUpF8", "NATIVE", "REFUND",
        "OTHERS", "CNY", "0.00", "0.00", f"50{refund}", refund, amount, "0.00", "ORIGINAL", "SUCCESS", "tea", "", fee,
        "0.60%", "0.00", amount, "",
    )  # fmt: skip
    return "`" + ",`".join(cells)


def wechat(*rows: str) -> bytes:
    totals = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    return "\r\n".join(["\ufeff" + WECHAT_COLUMNS, *rows, totals, "`2,`0,`0,`0,`0,`0,`0", ""]).encode()


def alipay_row(at: str, number: str, kind: str, amount: str, fee: str, *, request: str = "") -> str:
    cells = [
        f"2026{number}\t", f"{number}\t", f"{kind}  ", "tea", "2026-11-22 07:00:00", at, "", "", "", "",
        "*佳(yan***@163.com) ", amount, amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00",
        request, fee, "0.00", "",
    ]  # fmt: skip
    return ",".join(cells)


def alipay(*rows: str, seller: str = alipay_notices.SELLER_ID) -> bytes:
    single = [
        "#支付宝业务明细查询", f"#账号:[{seller}0156]", "#起始日期:[2026年11月22日 00:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        ALIPAY_COLUMNS, *rows, "#-----------------------------------------业务明细列表结束------------------------",
    ]  # fmt: skip
    sums = ["#支付宝业务汇总查询", f"#账号:[{seller}0156]", "门店编号,门店名称,交易订单总笔数", "合计,,2"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("sums.csv", "\r\n".join(sums).encode("gbk"))
        folder.writestr("rows.csv", "\r\n".join(single).encode("gbk"))
    return packed.getvalue()
