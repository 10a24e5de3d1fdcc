"""Give promoters something to share: packs of words, pictures and posters that expire with the price (expand).

Old code has no page for any of it. A published version is never changed: what a promoter took can be shown later.
"""

SQL = """
CREATE TABLE material_pack (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    product uuid REFERENCES product (id),
    campaign uuid REFERENCES campaign (id),
    live_session uuid REFERENCES live_session (id),
    status text NOT NULL DEFAULT 'draft',
    copies jsonb NOT NULL DEFAULT '[]',
    templates text[] NOT NULL DEFAULT '{}',
    ends_at timestamptz,
    version integer NOT NULL DEFAULT 0,
    stale_at timestamptz,
    stale_because text NOT NULL DEFAULT '',
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT packs_are_about_one_thing CHECK (num_nonnulls(product, campaign, live_session) = 1),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'published', 'retired')),
    CONSTRAINT published_has_a_version CHECK (status <> 'published' OR version > 0),
    CONSTRAINT stale_has_a_reason CHECK ((stale_at IS NULL) = (stale_because = ''))
);
CREATE INDEX material_pack_out ON material_pack (updated_at) WHERE status = 'published';

CREATE TABLE material_file (
    id uuid PRIMARY KEY,
    pack uuid NOT NULL REFERENCES material_pack (id),
    kind text NOT NULL,
    extension text NOT NULL,
    file_key text NOT NULL,
    size_bytes bigint NOT NULL,
    added_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT kind_is_known CHECK (kind IN ('image', 'video')),
    CONSTRAINT extension_is_known CHECK (extension IN ('jpg', 'mp4', 'webm', 'mov')),
    CONSTRAINT sizes_are_positive CHECK (size_bytes > 0)
);
CREATE INDEX material_file_of ON material_file (pack, added_at);

CREATE TABLE material_version (
    id uuid PRIMARY KEY,
    pack uuid NOT NULL REFERENCES material_pack (id),
    number integer NOT NULL,
    body jsonb NOT NULL,
    basis jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT version_of_a_pack_is_unique UNIQUE (pack, number)
);

CREATE TABLE material_use (
    id uuid PRIMARY KEY,
    pack uuid NOT NULL REFERENCES material_pack (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    kind text NOT NULL,
    version integer NOT NULL,
    day date NOT NULL,
    times integer NOT NULL DEFAULT 1,
    last_at timestamptz NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('view', 'copy', 'download')),
    CONSTRAINT used_once_a_day UNIQUE (pack, promoter, kind, version, day)
);

CREATE TABLE material_link (
    id uuid PRIMARY KEY,
    pack uuid NOT NULL REFERENCES material_pack (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    link uuid NOT NULL REFERENCES tracked_link (id),
    given_at timestamptz NOT NULL,
    CONSTRAINT link_of_a_pack_is_unique UNIQUE (pack, promoter)
);
"""
APPEND_ONLY = ("material_version",)
