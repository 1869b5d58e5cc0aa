"""Survey, version 1: a menu of sections; each is a small dialog that comes back to the menu."""

from dialogs.core.model import AnyOf, Deferred, Dialog, Do, Is, Item, Menu, Not, Open, Question, Repeat, Tell

SURVEY = Dialog(
    "survey",
    1,
    (
        Menu(
            "sections",
            (
                Item("person", Open("survey_person")),
                Item("home", Open("survey_home")),
                Item("body", Open("survey_body")),
                Item("work", Open("survey_work")),
                Item("debts", Open("survey_debts")),
                Item("wishes", Open("survey_wishes")),
                Item("members", Open("survey_members")),
                Item("finish", Do("leave")),
            ),
        ),
    ),
)

PERSON = Dialog(
    "survey_person",
    1,
    (
        Question("birth_date"),
        Question("sex"),
        Question("head_of_household"),
        Question("head_name", when=Is("head_of_household", "someone_else")),
        Question("current_address"),
        Question("landline"),
        Question("household_situation"),
        Question("household_includes"),
        Deferred("later"),
        Tell("thanks"),
    ),
)

HOME = Dialog(
    "survey_home",
    1,
    (
        Question("tenure"),
        Question("home_habitable", when=Not(Is("damage_level", "none"))),
        Question("demolished", when=Not(AnyOf((Is("damage_level", "none"), Is("tenure", "rented", "public_housing"))))),
        Question("rebuild_started", when=Is("rebuild_method", "build_or_buy", "repair")),
        Question("moving"),
        Question("moving_to", when=Is("moving", "will_move")),
        Question("moving_reason", when=Is("moving", "cannot_move")),
        Deferred("later"),
        Tell("thanks"),
    ),
)

BODY = Dialog(
    "survey_body",
    1,
    (Question("meals"), Question("sleep"), Question("special_care"), Deferred("later"), Tell("thanks")),
)

WORK = Dialog(
    "survey_work",
    1,
    (
        Question("work"),
        Question("work_detail", when=Is("work", "regular", "part_time")),
        Question("income_work", when=Is("work", "regular", "part_time")),
        Question("income_pension"),
        Question("income_other"),
        Question("income_year"),
        Question("cannot_fund", when=Not(Is("damage_level", "none"))),
        Deferred("later"),
        Tell("thanks"),
    ),
)

DEBTS = Dialog(
    "survey_debts",
    1,
    (
        Question("debts"),
        Question("debts_kind", when=Is("debts", "yes")),
        Question("debts_balance", when=Is("debts", "yes")),
        Deferred("later"),
        Tell("thanks"),
    ),
)

WISHES = Dialog(
    "survey_wishes",
    1,
    (
        Question("worries"),
        Question("wishes"),
        Question("confidant"),
        Question("confidant_who", when=Is("confidant", "yes")),
        Deferred("later"),
        Tell("thanks"),
    ),
)

MEMBERS = Dialog("survey_members", 1, (Repeat("members", "member"), Tell("thanks")))

MEMBER = Dialog(
    "member",
    1,
    (
        Question("member_name"),
        Question("member_relation"),
        Question("member_age"),
        Question("member_work"),
    ),
)

ALL = (SURVEY, PERSON, HOME, BODY, WORK, DEBTS, WISHES, MEMBERS, MEMBER)
