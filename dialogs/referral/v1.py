"""Referral, version 1: which profession, then consent for exactly that, just in time."""

from dialogs.core.model import Await, Dialog, Is, Not, Notice, Question

REFERRAL = Dialog(
    "referral",
    1,
    (
        Question("profession_wanted", known="ask_again"),
        Notice("sharing", "professional", 1, when=Not(Is("share_professional", "given"))),
        Question("share_professional", known="ask_again", unless=("given",)),
        Await("refer", "refer"),
    ),
)
