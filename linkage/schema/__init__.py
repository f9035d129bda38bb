"""What the columns of a table mean: fields, blocking rules, the citizen preset; pure data, no records."""

from linkage.schema.citizens import citizen_schema, preset_rules
from linkage.schema.field import FORMATS, KINDS, PARTS, Field, Kind
from linkage.schema.schema import BlockingRule, Schema, block_on

__all__ = [
    "FORMATS",
    "KINDS",
    "PARTS",
    "BlockingRule",
    "Field",
    "Kind",
    "Schema",
    "block_on",
    "citizen_schema",
    "preset_rules",
]
