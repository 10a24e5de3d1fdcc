"""What messages say, in the language of whoever reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.engagement.messages import Message
from app.kernel.formats import date, date_time, money, zone_of
from app.kernel.i18n import N_, current_locale, gettext

FOUND_LATER = N_("You also find order %(order)s with its number and your phone:")
# (recipient, kind) -> (subject, sentence). Facts fill the places.
TEXTS: dict[tuple[str, str], tuple[str, str]] = {
    ("customer", "requested"): (
        N_("We have your request %(number)s"),
        N_("%(store)s has your request about order %(order)s and answers by %(deadline)s."),
    ),
    ("customer", "requested_by_store"): (
        N_("%(store)s opened request %(number)s for you"),
        N_("%(store)s opened a request about order %(order)s for you. Everything about it is on its page."),
    ),
    ("customer", "approved"): (
        N_("Your request %(number)s is approved"),
        N_("%(store)s agreed to your request about order %(order)s. What happens next is on its page."),
    ),
    ("customer", "declined"): (
        N_("Your request %(number)s was declined"),
        N_("%(store)s declined your request: %(words)s You can ask the platform to decide on its page."),
    ),
    ("customer", "offered"): (
        N_("%(store)s makes you an offer for %(number)s"),
        N_("%(store)s offers %(amount)s and you keep the goods. Answer by %(deadline)s, or the request goes on."),
    ),
    ("customer", "address_given"): (
        N_("Where to send the goods of %(number)s"),
        N_("The address for your parcel is on the page of the request. Enter its tracking number by %(deadline)s."),
    ),
    ("customer", "canceled"): (
        N_("Your request %(number)s is called off"),
        N_("The request about order %(order)s is over. Nothing else happens."),
    ),
    ("customer", "received"): (
        N_("Your goods are back at %(store)s"),
        N_("%(store)s has the goods of %(number)s and looks at them until %(deadline)s."),
    ),
    ("customer", "refunded"): (
        N_("%(amount)s is on its way back to you"),
        N_("%(store)s gives back %(amount)s for order %(order)s, the way you paid. %(words)s"),
    ),
    ("customer", "refunded_directly"): (
        N_("Your request %(number)s is over: the money went back already"),
        N_("The money for these goods of order %(order)s went back without the request. Nothing else happens with it."),
    ),
    ("customer", "wish_lowered"): (
        N_("%(amount)s is left of your request %(number)s"),
        N_("A part of the money for order %(order)s went back another way. The request goes on about %(amount)s."),
    ),
    ("customer", "exchanged"): (
        N_("Your replacement is on its way"),
        N_("%(store)s sends the replacement for %(number)s as order %(exchange)s. It costs nothing."),
    ),
    ("customer", "said"): (
        N_("%(store)s wrote to you about %(number)s"),
        N_("%(words)s"),
    ),
    ("customer", "disputed"): (
        N_("The platform was asked about %(number)s"),
        N_("%(store)s and you do not agree about order %(order)s, so the platform decides by %(deadline)s."),
    ),
    ("customer", "ruled"): (
        N_("The platform decided about %(number)s"),
        N_("The decision about your request for order %(order)s: %(words)s"),
    ),
    ("customer", "substitution.proposed"): (
        N_("Something of order %(order)s is missing. Would you like something else?"),
        N_(
            "%(store)s offers you %(words)s instead, and %(amount)s would go back to you. Please answer by %(deadline)s"
            " on the order's page; after that you get the money for the missing goods back."
        ),
    ),
    ("customer", "way_back.return"): (
        N_("Order %(order)s could not be stopped: you can send it back"),
        N_(
            "Your goods were on their way already. %(store)s takes them back: a return is opened for you, and on the"
            " order's page you see where to send them. Your money goes back when they are there."
        ),
    ),
    ("customer", "way_back.at_the_door"): (
        N_("Order %(order)s could not be stopped: please do not accept the parcel"),
        N_(
            "Your goods were on their way already. Please do not accept the parcel; once the carrier has brought it"
            " back, %(store)s gives your money back by itself."
        ),
    ),
    ("customer", "order_link"): (
        N_("The page of your order %(order)s"),
        N_("You asked %(store)s for the link to your order. Whoever has it can open the order: keep it to yourself."),
    ),
    ("customer", "parcel_late"): (
        N_("Your parcel of order %(order)s takes longer"),
        N_("%(store)s sees that parcel %(words)s does not move as it should, and asks the carrier."),
    ),
    ("customer", "team_succeeded"): (
        N_("Your team is complete, order %(order)s"),
        N_("Your team has come together: %(store)s now packs order %(order)s and sends it."),
    ),
    ("customer", "team_failed"): (
        N_("Your team did not come together, order %(order)s"),
        N_("%(store)s gives back everything you paid for order %(order)s, %(amount)s, the way you paid."),
    ),
    ("customer", "presale.paid"): (
        N_("Order %(order)s ships from %(day)s"),
        N_("%(store)s has your order %(order)s. It is sent from %(day)s on; if that changes, you hear of it by mail."),
    ),
    ("customer", "presale.deposit_paid"): (
        N_("Your deposit for order %(order)s is here"),
        N_(
            "%(store)s has your deposit. The balance of %(amount)s can be paid from %(opens)s to %(deadline)s;"
            " the order is sent from %(day)s on."
        ),
    ),
    ("customer", "presale.balance_open"): (
        N_("Pay the balance of order %(order)s"),
        N_(
            "%(amount)s is left to pay for order %(order)s at %(store)s. You can pay it now, until %(deadline)s;"
            " the order is sent from %(day)s on."
        ),
    ),
    ("customer", "presale.reminder"): (
        N_("The balance of order %(order)s is still open"),
        N_(
            "%(amount)s has to be paid by %(deadline)s, or order %(order)s at %(store)s falls away and your deposit"
            " goes back to you."
        ),
    ),
    ("customer", "presale.reminder_kept"): (
        N_("The balance of order %(order)s is still open"),
        N_(
            "%(amount)s has to be paid by %(deadline)s, or order %(order)s at %(store)s falls away and, as agreed,"
            " your deposit is not paid back."
        ),
    ),
    ("customer", "presale.forfeited"): (
        N_("Order %(order)s fell away"),
        N_("The balance was not paid. As agreed, %(store)s keeps the deposit of %(amount)s."),
    ),
    ("customer", "presale.released"): (
        N_("Order %(order)s fell away"),
        N_("The balance was not paid. Your deposit of %(amount)s goes back the way you paid."),
    ),
    ("customer", "demand.go"): (
        N_("It goes ahead: order %(order)s"),
        N_("Enough people want it. You paid %(amount)s, nothing is left to pay, and %(store)s sends order %(order)s."),
    ),
    ("customer", "demand.balance"): (
        N_("It goes ahead: pay the balance of order %(order)s"),
        N_(
            "Enough people want it. %(amount)s is left to pay for order %(order)s at %(store)s, until %(deadline)s."
            " Without the balance the order falls away and your deposit goes back to you."
        ),
    ),
    ("customer", "demand.balance_or_lost"): (
        N_("It goes ahead: pay the balance of order %(order)s"),
        N_(
            "Enough people want it. %(amount)s is left to pay for order %(order)s at %(store)s, until %(deadline)s."
            " Without the balance the order falls away and, as agreed, your deposit is not paid back."
        ),
    ),
    ("customer", "demand.no_go"): (
        N_("It does not go ahead: order %(order)s"),
        N_("Too few people want it. Everything you paid %(store)s, %(amount)s, goes back by itself, the way you paid."),
    ),
    ("customer", "demand.stopped"): (
        N_("%(store)s stopped the test: order %(order)s"),
        N_("It was ended before its time. Everything you paid, %(amount)s, goes back by itself, the way you paid."),
    ),
    ("customer", "demand.extended"): (
        N_("Not decided yet: order %(order)s"),
        N_(
            "It is not clear yet whether enough people want it, so %(store)s decides by %(deadline)s. The %(amount)s"
            " you paid is kept for your order; until then you can call it off and get everything back."
        ),
    ),
    ("customer", "presale.date_moved"): (
        N_("Order %(order)s ships on another day"),
        N_(
            "%(store)s now sends order %(order)s from %(day)s on. %(words)s If that does not suit you, you can call it"
            " off on its page and get everything back."
        ),
    ),
    ("customer", "presale.confirmed"): (
        N_("Order %(order)s is being packed"),
        N_("The goods of your pre-sale are there: %(store)s sends order %(order)s now."),
    ),
    ("customer", "pickup_ready"): (
        N_("Your order %(order)s is ready to pick up"),
        N_("Everything is there: %(words)s. Show the code on the page of your order."),
    ),
    ("customer", "pickup_reminder"): (
        N_("Your order %(order)s still waits for you"),
        N_("Please come for it: %(words)s. Show the code on the page of your order."),
    ),
    ("customer", "pickup_overdue"): (
        N_("Your order %(order)s was not picked up in time"),
        N_("It still lies there: %(words)s. Come for it today, or write to %(store)s."),
    ),
    ("merchant", "requested"): (
        N_("Order %(order)s: a shopper asks for something (%(number)s)"),
        N_("Answer by %(deadline)s; otherwise the request counts as agreed."),
    ),
    ("merchant", "offer_accepted"): (
        N_("%(number)s: your offer was taken"),
        N_("The shopper keeps the goods and gets %(amount)s back."),
    ),
    ("merchant", "offer_declined"): (
        N_("%(number)s: your offer was not taken"),
        N_("The request stands. Answer it by %(deadline)s."),
    ),
    ("merchant", "approved_by_default"): (
        N_("%(number)s was agreed by itself"),
        N_("Nobody answered the request about order %(order)s in time."),
    ),
    ("merchant", "sent_back"): (
        N_("%(number)s: the goods are on their way back"),
        N_("The shopper sent them with %(words)s. Say when they arrive, at the latest by %(deadline)s."),
    ),
    ("merchant", "canceled"): (
        N_("%(number)s is called off"),
        N_("The request about order %(order)s is over. Nothing else happens."),
    ),
    ("merchant", "received_by_default"): (
        N_("%(number)s counts as arrived"),
        N_("Look at the goods by %(deadline)s; otherwise the money goes back by itself."),
    ),
    ("merchant", "refunded_by_default"): (
        N_("%(number)s was refunded by itself"),
        N_("%(amount)s goes back for order %(order)s, because nobody decided in time."),
    ),
    ("merchant", "said"): (
        N_("%(number)s: the shopper wrote"),
        N_("%(words)s"),
    ),
    ("merchant", "disputed"): (
        N_("%(number)s: the platform was asked to decide"),
        N_("You and the shopper do not agree about order %(order)s, so the platform decides by %(deadline)s."),
    ),
    ("merchant", "ruled"): (
        N_("The platform decided about %(number)s"),
        N_("The decision about order %(order)s: %(words)s"),
    ),
    ("promoter", "announcement"): (N_("%(store)s: %(reason)s"), "%(words)s"),
    ("customer", "koc.invited"): (
        N_("%(store)s asks: would you recommend us?"),
        N_(
            "You said that %(store)s may ask you. Say yes or no on the page below; it costs nothing and binds you to"
            " nothing. There you can also say that we shall not ask again."
        ),
    ),
    ("promoter", "life.approved"): (
        N_("%(store)s said yes: you sell for them now"),
        N_("Make your first link on your board. %(words)s"),
    ),
    ("promoter", "life.rejected"): (
        N_("%(store)s said no to your application"),
        N_("%(words)s You may ask again."),
    ),
    ("promoter", "life.suspended"): (
        N_("%(store)s has paused you"),
        N_("%(words)s New clicks count no more; what you earned stays yours."),
    ),
    ("promoter", "life.level"): (
        N_("You are at level “%(words)s” of %(store)s now"),
        N_("Your own sales brought you to level “%(words)s”. What it means is on your board."),
    ),
    ("promoter", "life.no_level"): (
        N_("Your level at %(store)s has ended"),
        N_("Your own sales of the last weeks reach no level. They are counted anew every day."),
    ),
    ("promoter", "life.asked_back"): (
        N_("%(store)s misses you"),
        N_("%(words)s"),
    ),
    ("promoter", "payout.requested"): (
        N_("%(store)s has your request %(number)s"),
        N_("You asked for %(amount)s. The store answers; you hear of every step."),
    ),
    ("promoter", "payout.account_changed"): (
        N_("%(number)s: a new account gets your money"),
        N_(
            "You asked for %(amount)s to an account that was not paid to before. For your safety it is sent from"
            " %(deadline)s on. If that was not you, change your password and write to %(store)s at once."
        ),
    ),
    ("promoter", "payout.confirm"): (
        N_("%(number)s: accept %(amount)s"),
        N_("%(store)s sent the money. Accept it by %(deadline)s, or it goes back to what you can withdraw."),
    ),
    ("promoter", "payout.sent"): (
        N_("%(number)s: %(amount)s is paid out"),
        N_("%(store)s has paid you. If it has not arrived in two days, write to the store with this number."),
    ),
    ("promoter", "payout.failed"): (
        N_("%(number)s could not be paid"),
        N_(
            "Reason: %(words)s. All of it can be withdrawn again. Check name and account, then ask once more, or"
            " choose another way."
        ),
    ),
    ("promoter", "payout.expired"): (
        N_("%(number)s was not accepted in time"),
        N_("All of it can be withdrawn again. Ask once more and accept the money within a day."),
    ),
    ("promoter", "payout.rejected"): (
        N_("%(store)s said no to %(number)s"),
        N_("Reason: %(words)s. All of it can be withdrawn again."),
    ),
    ("promoter", "life.sale_refused"): (
        N_("%(store)s pays no commission for a sale"),
        N_("The store looked at it and said: %(words)s You can ask again on the sale's receipt."),
    ),
    ("promoter", "life.terms"): (
        N_("%(store)s has new terms for promoters"),
        N_("Read and accept them on your board."),
    ),
    ("promoter", "selection.opened"): (
        N_("%(store)s asks: what shall we sell next?"),
        N_("“%(words)s” is open until %(deadline)s. Vote, say how many you expect to sell, or propose something."),
    ),
    ("promoter", "selection.moved"): (
        N_("%(store)s: “%(number)s” ends at another time"),
        N_("Votes in “%(words)s” are now taken until %(deadline)s."),
    ),
    ("promoter", "selection.withdrawn"): (
        N_("%(store)s: “%(words)s” is not to be chosen any more"),
        N_("Who proposed it has withdrawn it. Your vote for it is free again until %(deadline)s."),
    ),
    ("promoter", "selection.removed"): (
        N_("%(store)s: “%(words)s” was taken out of the round"),
        N_("The store says why: %(reason)s. A vote for it is free again until %(deadline)s."),
    ),
    ("promoter", "selection.closed"): (
        N_("%(store)s: the round “%(number)s” is decided"),
        N_("“%(words)s” won. How everything was voted for is on the round's page."),
    ),
    ("promoter", "selection.closed_without"): (
        N_("%(store)s: the round “%(number)s” is over"),
        N_("Nobody voted in “%(words)s”, so nothing won."),
    ),
    ("supplier", "purchase.sent"): (
        N_("%(store)s orders: %(number)s"),
        N_("%(store)s asks for goods of %(amount)s in order %(number)s. Accept it, or say what you cannot send."),
    ),
    ("supplier", "purchase.changed"): (
        N_("%(number)s of %(store)s has changed"),
        N_("There is a new version of purchase order %(number)s, now about %(amount)s. What changed is marked."),
    ),
    ("supplier", "supply.paid"): (
        N_("%(store)s has paid you %(amount)s"),
        N_("%(store)s has written down transfer %(number)s of %(amount)s. It is on your account."),
    ),
    ("supplier", "supply.statement"): (
        N_("Statement %(number)s of %(store)s"),
        N_("There is a new statement; %(amount)s is open. Confirm it, or say which line is wrong."),
    ),
    ("supplier", "supply.dispute_accepted"): (
        N_("%(store)s agrees: %(amount)s"),
        N_("Your account was corrected by %(amount)s. %(words)s"),
    ),
    ("supplier", "supply.dispute_refused"): (
        N_("%(store)s does not agree"),
        N_("What you said about %(number)s stays as it is: %(words)s"),
    ),
    ("supplier", "purchase.fewer"): (
        N_("%(store)s asks for fewer: %(number)s"),
        N_("Shoppers called off goods of purchase order %(number)s. Say whether you can still send fewer."),
    ),
}


def subject_of(message: Message, locale: str = "") -> str:
    """As it was written, or in the language of somebody else who reads about it."""
    return _fill(_texts_of(message)[0], message.facts, locale or message.locale)


def sentence_of(message: Message) -> str:
    return _fill(_texts_of(message)[1], message.facts, message.locale).strip()


def _texts_of(message: Message) -> tuple[str, str]:
    """A kind that later code does not know any more still shows what it was about."""
    return TEXTS.get((message.recipient, message.kind), ("%(number)s", "%(words)s"))


def mail_text(message: Message) -> tuple[str, str]:
    """Subject and body of the mail: the sentence, and where everything else stands."""
    facts = message.facts
    body = f"{sentence_of(message)}\n\n{facts.get('url', '')}\n\n{_found_later(message)}{facts.get('store', '')}\n"
    return " ".join(subject_of(message).split()), body


def _found_later(message: Message) -> str:
    """Mails get lost; who has the number and the phone finds the order without them."""
    place = urlsplit(str(message.facts.get("url", "")))
    if message.recipient != "customer" or not message.facts.get("order") or not place.path.startswith("/orders/"):
        return ""
    said = _fill(FOUND_LATER, message.facts, message.locale)
    return f"{said} {place.scheme}://{place.netloc}/find-order\n\n"


def _fill(text: str, facts: dict[str, Any], locale: str) -> str:
    token = current_locale.set(locale)
    try:
        return gettext(text) % {**_written(facts, locale)}
    finally:
        current_locale.reset(token)


def _written(facts: dict[str, Any], locale: str) -> dict[str, str]:
    """Every place a text may have; facts a message lacks are empty."""
    written = {name: str(facts.get(name, "")) for name in ("number", "order", "store", "words", "reason", "exchange")}
    amount, zone = facts.get("amount"), zone_of(facts.get("zone") or "UTC")
    for name, write in (("deadline", date_time), ("opens", date_time), ("day", date)):
        moment = facts.get(name)
        written[name] = write(datetime.fromisoformat(moment), locale, zone) if moment else "–"
    written["amount"] = money(amount, facts["currency"]) if amount is not None else "–"
    return written
