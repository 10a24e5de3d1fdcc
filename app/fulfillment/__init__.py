"""Room: warehouses, work orders and parcels."""

from app.fulfillment import exception_kinds as trouble
from app.fulfillment.alias_files import COLUMNS as ALIAS_COLUMNS
from app.fulfillment.alias_files import MOST_ROWS as MOST_ALIASES
from app.fulfillment.alias_files import AliasRow, BadAlias, alias_cells, read_aliases
from app.fulfillment.answers import Answers, answers_of, gate_left, note_answer, note_trouble, pass_gate
from app.fulfillment.authorizing import (
    Authorization,
    AuthorizationNotAsked,
    AuthorizationTurn,
    ask_authorization,
    ask_renewal,
    asked_authorization,
    authorization_of,
    due_authorizations,
    forget_authorization,
    grant_authorization,
    keep_code,
    put_back_authorization,
    refuse_authorization,
    take_authorization,
)
from app.fulfillment.batches import Alike, arrange, batch_of, find_batch, promise_again
from app.fulfillment.batches import number as batch_number
from app.fulfillment.board import LANES, BoardRow, Lane, lane, lanes
from app.fulfillment.carrier_figures import CarrierFigures, carrier_figures
from app.fulfillment.causes import look_at_everything
from app.fulfillment.coming_back import (
    ComingBack,
    note_announced,
    note_inspected,
    parts_of,
    plan_return,
    return_of,
)  # fmt: skip
from app.fulfillment.connections import (
    PAUSED,
    Described,
    LastWarehouse,
    NotAtWork,
    OpenWork,
    Queue,
    Reached,
    connect_warehouse,
    describe_warehouse,
    keep_credentials,
    keep_manner,
    make_default,
    manner_of,
    pause_warehouse,
    queues,
    reconnect_warehouse,
    references_at,
    resume_warehouse,
)
from app.fulfillment.exception_desk import (
    Exceptional,
    ExceptionResolved,
    StaysResolved,
    close_by_itself,
    close_these,
    find_exception,
    raise_exception,
    reopen_exception,
    resolve_exception,
)
from app.fulfillment.exception_kinds import EXCEPTION_KINDS, ExceptionKind
from app.fulfillment.exception_queue import exceptions, exceptions_of, open_exceptions
from app.fulfillment.following import Followed, note_asked, note_followed, quiet_parcels, unfollowed
from app.fulfillment.goods_checks import (
    AskedAbout,
    GoodsCheck,
    begin_check,
    end_check,
    last_checks,
    note_checked,
    ships_anything,
    to_ask_about,
)
from app.fulfillment.holding import (
    ABOUT_ADDRESS,
    HELD,
    HOLDS,
    Hold,
    first_hold,
    holds_of,
    open_hold,
    orders_whose_hold_is_over,
    release_holds,
    release_timed,
    settle_holds,
)
from app.fulfillment.kinds import KINDS, Field, Kind, faults_of
from app.fulfillment.labels import LARGEST_FILE, Label, draw_labels
from app.fulfillment.late_parcels import LateParcel, is_late, mark_told, raise_late_parcels
from app.fulfillment.parcels import (
    Left,
    Packed,
    Progress,
    Shipped,
    has_delivered_all,
    has_shipped_all,
    left_there,
    progress,
    record,
)
from app.fulfillment.pulling import PullKind, cursor_of, keep_cursor, last_pulls
from app.fulfillment.readiness import Readiness, read_as, read_together, readiness
from app.fulfillment.rearranging import (
    BY_HAND,
    REFUND_FOLLOWS,
    AlreadySent,
    NothingToSplit,
    NotMergeable,
    NotWaiting,
    cancel,
    copy,
    hold_by_hand,
    let_out,
    merge_into,
    next_reference,
    send_from,
    split_off,
)
from app.fulfillment.reships import RESHIP_REASONS, SentAgain, parcel_contents, record_reship, reships_of
from app.fulfillment.routing import route
from app.fulfillment.routing_facts import CRITERIA, ENDLESS, Need, Pin, Place, Preference, Reason, Route, Rules, Share
from app.fulfillment.routing_rules import (
    SHORTS,
    Area,
    HoldRules,
    RoutingChanged,
    RoutingPolicy,
    check_routing,
    reasons_of,
    routing_policies,
    routing_policy,
    save_routing,
)
from app.fulfillment.settling import hand_over, refuse, settle_work_order
from app.fulfillment.shelves import Counted, counts_of, note_counts, record_progress
from app.fulfillment.shipping_rules import ShippingRules, save_shipping_rules, shipping_rules
from app.fulfillment.shipping_uploads import (
    DueUpload,
    PlatformList,
    Upload,
    carriers_of,
    due_uploads,
    keep_carriers,
    save_upload,
    upload_of,
)
from app.fulfillment.short_picks import Missing, ShortPick, record_short, settle_shorts, short_picks_of
from app.fulfillment.shortages import missing_units, take_off_missing
from app.fulfillment.sku_aliases import (
    SkuAlias,
    SkuTaken,
    lock_skus,
    our_skus,
    owners_of,
    put_aliases,
    remove_alias,
    sku_aliases,
    their_skus,
)
from app.fulfillment.stops import (
    AlreadyStopping,
    Purpose,
    Stop,
    Wish,
    answers_for,
    ask_stop,
    keep_unsent,
    last_wish,
    open_stop,
    settle_stop,
    stopping,
)
from app.fulfillment.substitutions import (
    Answer,
    AnsweredAlready,
    OfferedAlready,
    Substitution,
    answer,
    find_substitution,
    overdue_substitutions,
    propose,
    sent_instead,
    substitutions_of,
    unrefunded_substitutions,
)
from app.fulfillment.taking_off import packing, take_off
from app.fulfillment.terms import (
    Terms,
    change_shipping_terms,
    cutoff_today,
    end_of,
    keep_back,
    ship_by,
    shipping_terms,
)  # fmt: skip
from app.fulfillment.tracking import ParcelView, Report, Step, follow, orders_of_parcel, parcels_of
from app.fulfillment.tracking_accounts import (
    TrackingAccountFacts,
    choose_tracking_account,
    note_tracking,
    save_tracking_account,
    switch_tracking_account,
    tracking_account,
    tracking_accounts,
)
from app.fulfillment.warehouses import WarehouseFacts, lock_warehouse, warehouse, warehouses
from app.fulfillment.waves import (
    LARGEST_WAVE,
    NothingToPick,
    Wave,
    WaveGoods,
    WaveOrder,
    WaveUnderWay,
    count_waiting,
    dissolve_wave,
    find_wave,
    goods_of,
    note_print,
    open_wave,
    open_waves_of,
    orders_of_wave,
    take_tick_back,
    tick,
    waves,
)
from app.fulfillment.ways_back import (
    NothingRefused,
    Way,
    WayBack,
    choose_way_back,
    due_ways_back,
    find_way_back,
    follow_way_back,
    ways_back_of,
)  # fmt: skip
from app.fulfillment.work_orders import (
    NotRetriable,
    WantedLine,
    WorkOrder,
    by_reference,
    find,
    forget_asking,
    hold,
    hold_unsent,
    let_go,
    lock,
    lock_by_reference,
    mark_accepted,
    mark_asked,
    mark_submitted,
    may_be_there,
    plan,
    promised_by,
    reopen,
    unanswered_for,
    work_orders_of,
)

__all__ = [
    "ABOUT_ADDRESS", "ALIAS_COLUMNS", "BY_HAND", "CRITERIA", "ENDLESS", "EXCEPTION_KINDS", "HELD", "HOLDS", "KINDS",
    "LANES", "LARGEST_FILE", "LARGEST_WAVE", "MOST_ALIASES", "PAUSED", "REFUND_FOLLOWS", "RESHIP_REASONS", "SHORTS",
    "AliasRow", "Alike", "AlreadySent", "AlreadyStopping", "Answer", "AnsweredAlready", "Answers", "Area",
    "AskedAbout", "Authorization", "AuthorizationNotAsked", "AuthorizationTurn", "BadAlias", "BoardRow",
    "CarrierFigures", "ComingBack", "Counted", "Described", "DueUpload", "ExceptionKind", "ExceptionResolved",
    "Exceptional", "Field", "Followed", "GoodsCheck", "Hold", "HoldRules", "Kind", "Label", "Lane", "LastWarehouse",
    "LateParcel", "Left", "Missing", "Need", "NotAtWork", "NotMergeable", "NotRetriable", "NotWaiting",
    "NothingRefused", "NothingToPick", "NothingToSplit", "OfferedAlready", "OpenWork", "Packed", "ParcelView", "Pin",
    "Place", "PlatformList", "Preference", "Progress", "PullKind", "Purpose", "Queue", "Reached", "Readiness",
    "Reason", "Report", "Route", "RoutingChanged", "RoutingPolicy", "Rules", "SentAgain", "Share", "Shipped",
    "ShippingRules", "ShortPick", "SkuAlias", "SkuTaken", "StaysResolved", "Step", "Stop", "Substitution", "Terms",
    "TrackingAccountFacts", "Upload", "WantedLine", "WarehouseFacts", "Wave", "WaveGoods", "WaveOrder",
    "WaveUnderWay", "Way", "WayBack", "Wish", "WorkOrder", "alias_cells", "answer", "answers_for", "answers_of",
    "arrange", "ask_authorization", "ask_renewal", "ask_stop", "asked_authorization", "authorization_of",
    "batch_number", "batch_of", "begin_check", "by_reference", "cancel", "carrier_figures", "carriers_of",
    "change_shipping_terms", "check_routing", "choose_tracking_account", "choose_way_back", "close_by_itself",
    "close_these", "connect_warehouse", "copy", "count_waiting", "counts_of", "cursor_of", "cutoff_today",
    "describe_warehouse", "dissolve_wave", "draw_labels", "due_authorizations", "due_uploads", "due_ways_back",
    "end_check", "end_of", "exceptions", "exceptions_of", "faults_of", "find", "find_batch", "find_exception",
    "find_substitution", "find_wave", "find_way_back", "first_hold", "follow", "follow_way_back", "forget_asking",
    "forget_authorization", "gate_left", "goods_of", "grant_authorization", "hand_over", "has_delivered_all",
    "has_shipped_all", "hold", "hold_by_hand", "hold_unsent", "holds_of", "is_late", "keep_back", "keep_carriers",
    "keep_code", "keep_credentials", "keep_cursor", "keep_manner", "keep_unsent", "lane", "lanes", "last_checks",
    "last_pulls", "last_wish", "left_there", "let_go", "let_out", "lock", "lock_by_reference", "lock_skus",
    "lock_warehouse", "look_at_everything", "make_default", "manner_of", "mark_accepted", "mark_asked",
    "mark_submitted", "mark_told", "may_be_there", "merge_into", "missing_units", "next_reference", "note_announced",
    "note_answer", "note_asked", "note_checked", "note_counts", "note_followed", "note_inspected", "note_print",
    "note_tracking", "note_trouble", "open_exceptions", "open_hold", "open_stop", "open_wave", "open_waves_of",
    "orders_of_parcel", "orders_of_wave", "orders_whose_hold_is_over", "our_skus",
    "overdue_substitutions", "owners_of", "packing", "parcel_contents", "parcels_of", "parts_of", "pass_gate",
    "pause_warehouse", "plan", "plan_return", "progress", "promise_again", "promised_by", "propose", "put_aliases",
    "put_back_authorization", "queues", "quiet_parcels", "raise_exception", "raise_late_parcels", "read_aliases",
    "read_as", "read_together", "readiness", "reasons_of", "reconnect_warehouse", "record", "record_progress",
    "record_reship", "record_short", "references_at", "refuse", "refuse_authorization", "release_holds",
    "release_timed", "remove_alias", "reopen", "reopen_exception", "reships_of", "resolve_exception",
    "resume_warehouse", "return_of", "route", "routing_policies", "routing_policy", "save_routing",
    "save_shipping_rules", "save_tracking_account", "save_upload", "send_from", "sent_instead", "settle_holds",
    "settle_shorts", "settle_stop", "settle_work_order", "ship_by", "shipping_rules", "shipping_terms",
    "ships_anything", "short_picks_of", "sku_aliases", "split_off", "stopping", "substitutions_of",
    "switch_tracking_account", "take_authorization", "take_off", "take_off_missing", "take_tick_back", "their_skus",
    "tick", "to_ask_about", "tracking_account", "tracking_accounts", "trouble", "unanswered_for", "unfollowed",
    "unrefunded_substitutions", "upload_of", "warehouse", "warehouses", "waves", "ways_back_of", "work_orders_of",
]  # fmt: skip
