"""The reader gets the language they asked for."""

import jinja2
import pytest

from app.kernel import i18n
from app.kernel.errors import NotFound


@pytest.mark.parametrize(
    ("cookie", "header", "default", "locale"),
    [
        ("en", "zh-TW", "zh-Hans", "en"),
        ("xx", "zh-TW,en;q=0.5", "zh-Hans", "zh-Hant"),
        (None, "zh-Hant-HK", "zh-Hans", "zh-Hant"),
        (None, "zh-Hans-HK", "zh-Hant", "zh-Hans"),
        (None, "zh", "zh-Hant", "zh-Hans"),
        (None, "fr,de;q=0.9", "zh-Hant", "zh-Hant"),
        (None, "en;q=0.2,zh-CN;q=0.9", "en", "zh-Hans"),
        (None, "en;q=rubbish,zh-HK;q=0", "zh-Hans", "zh-Hans"),
        (None, None, "zh-Hant", "zh-Hant"),
    ],
)
def test_a_language_is_negotiated(cookie: str | None, header: str | None, default: str, locale: str) -> None:
    assert i18n.negotiate(cookie, header, default) == locale


def test_templates_and_refusals_speak_the_current_language() -> None:
    env = jinja2.Environment(autoescape=True)
    i18n.install(env)
    page = env.from_string("{% trans %}Cart{% endtrans %} {{ _('%(name)s is closed for now', name=name) }}")
    token = i18n.current_locale.set("zh-Hant")

    try:
        assert page.render(name="<b>") == "購物車 &lt;b&gt;暫停營業"
        assert i18n.translate_refusal(NotFound()) == "這個頁面不存在，或你沒有檢視權限。"
    finally:
        i18n.current_locale.reset(token)
