"""What a typed answer means: a value, or None for "ask again". Pure; one module per kind in `reading/`."""

from dialogs.core.reading.asked import is_english, is_question, read_question, read_wish
from dialogs.core.reading.choice import Options, is_wording, read_choice, read_choices
from dialogs.core.reading.day import read_date
from dialogs.core.reading.money import read_money
from dialogs.core.reading.name import Name, read_name
from dialogs.core.reading.number import read_number
from dialogs.core.reading.phone import phone_e164, read_phone
from dialogs.core.reading.postal import read_postal
from dialogs.core.reading.text import clean, normalise
from dialogs.core.reading.word import Commands, is_command, is_thanks, is_unsure, read_yes_no

__all__ = [
    "Commands",
    "Name",
    "Options",
    "clean",
    "is_command",
    "is_english",
    "is_question",
    "is_thanks",
    "is_unsure",
    "is_wording",
    "normalise",
    "phone_e164",
    "read_choice",
    "read_choices",
    "read_date",
    "read_money",
    "read_name",
    "read_number",
    "read_phone",
    "read_postal",
    "read_question",
    "read_wish",
    "read_yes_no",
]
