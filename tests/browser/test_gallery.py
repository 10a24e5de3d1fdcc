"""Every component can be used by everyone: no axe violation, no blocked code, no sideways scroll, light and dark."""

from tests.browser import gallery


def test_the_gallery_has_nothing_to_complain_about() -> None:
    assert gallery.check(None, set()) == []
