"""Keep two steps of a parcel's way that carry the same second and state (expand: the rule gets wider).

Carriers write whole seconds; under the old rule the second step of a moment was dropped. Code before this step asks
whether the same words are there already, so its rows satisfy the new rule too.
"""

SQL = """
ALTER TABLE parcel_event DROP CONSTRAINT event_is_recorded_once;
ALTER TABLE parcel_event ADD CONSTRAINT event_is_recorded_once UNIQUE (fulfillment, text, at);
"""
