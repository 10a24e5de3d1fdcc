"""Number invoices and say what stands on the store's papers (expand).

An order has at most one invoice, and its number never changes; numbers come from the counter row `invoice`, inside the
transaction that writes the invoice, so none is left out. What the seller was called then is kept with it.
"""

SQL = """
CREATE TABLE invoice (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    number text NOT NULL,
    seller jsonb NOT NULL,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    CONSTRAINT order_has_one_invoice UNIQUE (order_id),
    CONSTRAINT invoice_number_is_unique UNIQUE (number)
);

CREATE TABLE document_settings (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    legal_name text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    tax_number text NOT NULL DEFAULT '',
    closing_words text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    CONSTRAINT papers_have_one_setting UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one)
);
"""

APPEND_ONLY = ("invoice",)
