"""The simulator's books in SQLite."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    app_key TEXT PRIMARY KEY, app_secret TEXT NOT NULL, access_token TEXT NOT NULL, callback_url TEXT NOT NULL,
    carrier_url TEXT NOT NULL, carrier_salt TEXT NOT NULL, dialect TEXT NOT NULL, names BLOB NOT NULL DEFAULT '{}',
    behavior BLOB NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS authorized (
    account TEXT PRIMARY KEY, code TEXT NOT NULL DEFAULT '', code_until INTEGER NOT NULL DEFAULT 0,
    refresh_token TEXT NOT NULL DEFAULT '', expires_at INTEGER
);
CREATE TABLE IF NOT EXISTS placed (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, reference TEXT NOT NULL, lines BLOB NOT NULL,
    status TEXT NOT NULL DEFAULT 'WaitConfirm', received INTEGER NOT NULL DEFAULT 1,
    shipped INTEGER NOT NULL DEFAULT 0 CHECK (shipped <= 1), missing BLOB NOT NULL DEFAULT '[]',
    picked INTEGER NOT NULL DEFAULT 0, packed INTEGER NOT NULL DEFAULT 0, remark TEXT NOT NULL DEFAULT '',
    placed_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, UNIQUE (account, reference)
);
CREATE INDEX IF NOT EXISTS placed_modified ON placed (account, modified_at);
CREATE TABLE IF NOT EXISTS sent (
    tracking TEXT PRIMARY KEY, number INTEGER NOT NULL REFERENCES placed, account TEXT NOT NULL, body BLOB NOT NULL,
    sent_at INTEGER NOT NULL, state TEXT NOT NULL DEFAULT '', events BLOB NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS sent_of_order ON sent (number);
CREATE INDEX IF NOT EXISTS sent_when ON sent (account, sent_at);
CREATE TABLE IF NOT EXISTS coming_back (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, reference TEXT NOT NULL,
    order_reference TEXT NOT NULL, lines BLOB NOT NULL, announced INTEGER NOT NULL DEFAULT 1,
    received_at INTEGER, body BLOB, UNIQUE (account, reference)
);
CREATE INDEX IF NOT EXISTS back_when ON coming_back (account, received_at);
CREATE TABLE IF NOT EXISTS shelf (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL DEFAULT 1000,
    held INTEGER NOT NULL DEFAULT 0, changes INTEGER NOT NULL DEFAULT 1, heard INTEGER NOT NULL DEFAULT 0,
    modified_at INTEGER NOT NULL, UNIQUE (account, sku)
);
CREATE TABLE IF NOT EXISTS news (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    body BLOB NOT NULL, at REAL NOT NULL, visible_at REAL NOT NULL, copies INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0, heard_at REAL
);
CREATE INDEX IF NOT EXISTS news_unheard ON news (account, kind, id) WHERE heard_at IS NULL;
CREATE TABLE IF NOT EXISTS run_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, run TEXT NOT NULL, at REAL NOT NULL, way TEXT NOT NULL,
    what TEXT NOT NULL, subject TEXT NOT NULL, news INTEGER NOT NULL, copy INTEGER NOT NULL, outcome TEXT NOT NULL,
    took_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS run_log_of ON run_log (account, run, id);
"""
