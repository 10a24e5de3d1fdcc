"""What a person without JavaScript can read and send."""

from __future__ import annotations

from app.demo.markup import Markup

PAGE = """<form action="/sign-up" method="post"><input type="hidden" name="_csrf" value="t">
<input name="name" value="A &amp; B">
<select name="currency"><option value="CNY">CNY</option><option value="TWD" selected>TWD</option></select>
<select name="mode"><option value="live">Live</option><option value="own">Own</option></select>
<input type="radio" name="brand" value="red"><input type="radio" name="brand" value="blue" checked>
<input type="checkbox" name="agree" value="yes"><textarea name="note">hello
there</textarea><input type="file" name="picture"><button>Send</button></form>
<a href="/orders/7">Order <b>7</b></a><form id="late" action="/x" method="post"></form>
<input form="late" name="q" value="3">
<script>var hidden = "<a href='/no'>no</a>"</script>"""


def test_a_form_is_read_as_it_would_be_sent_untouched() -> None:
    form = Markup(PAGE).forms[0]

    assert (form.action, form.method) == ("/sign-up", "post")
    assert form.fields == {
        "_csrf": "t", "name": "A & B", "currency": "TWD", "mode": "live", "brand": "blue", "note": "hello\nthere"
    }  # fmt: skip
    assert form.files == {"picture"}
    assert "agree" in form.names


def test_a_control_outside_belongs_to_the_form_it_names() -> None:
    assert Markup(PAGE).forms[1].fields == {"q": "3"}


def test_cells_of_a_table_stand_apart() -> None:
    page = Markup("<table><tr><th>Goods</th><th>Amount</th></tr><tr><td>Peach</td><td>¥5.00</td></tr></table>")

    assert page.text.split("\n") == ["Goods", "Amount", "Peach", "¥5.00"]


def test_links_and_words_are_read_without_scripts() -> None:
    page = Markup(PAGE)

    assert page.links == [("/orders/7", "Order 7")]
    assert "hidden" not in page.text
