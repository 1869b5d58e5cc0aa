"""SMS and e-mail: out only, each end told from the others, nothing uncertain sent again, nothing about people in logs."""

from __future__ import annotations

import email
import email.policy
import logging

import pytest

from backend.messages import Accepted, Delivery, OutMessage, Refused, Temporary, Throttled, Unknown
from backend.settings import must_encrypt
from bots.mail.client import Mail
from bots.sms.client import Sms
from tests.channels.patience import PATIENT
from tests.fakes.mail import MailFake
from tests.fakes.sms import TOKEN, SmsFake

WORDS = "つなぎ市の生活再建の相談窓口です。ご相談は000-000-0000へお電話ください。"


def delivery(address: str = "+819012345678", text: str = WORDS) -> Delivery:
    return Delivery(1, "sms", address, (OutMessage(text, "ja"),), "approach-1")


async def send_sms(fake: SmsFake, what: Delivery | None = None, token: str = TOKEN):
    # Where no answer will come, a short time-out is enough; where one will, a busy machine has as long as it wants.
    client = Sms(fake.url, token, "TSUNAGI", timeout=0.3 if "hang" in fake.answers else PATIENT)
    try:
        return await client.send(what or delivery())
    finally:
        await client.close()


async def test_one_sms():
    async with SmsFake() as fake:
        assert await send_sms(fake) == Accepted("sms-1")
    assert fake.sent == [{"to": "+819012345678", "from": "TSUNAGI", "text": WORDS, "reference": "approach-1/0"}]


@pytest.mark.parametrize(("answer", "result"), [
    (400, Refused), (404, Refused), (422, Refused), (429, Throttled), (307, Unknown), (500, Unknown), (503, Unknown), ("hang", Unknown),
    ("drop", Unknown),
])
async def test_how_an_sms_can_end(answer, result):
    """D3, D7: what may have gone out is unknown and never sent again; a wrong number is not tried for ever; numbers go to nobody else."""
    async with SmsFake([answer]) as fake:
        assert isinstance(await send_sms(fake), result)
    assert len(fake.asked) == 1 or (answer == "hang" and not fake.asked), "given up before the fake had looked, at worst"


async def test_throttled_says_when():
    async with SmsFake([429], retry_after="7") as fake:
        assert await send_sms(fake) == Throttled(7.0)


async def test_a_wrong_token_is_mended_by_an_operator_and_nothing_is_lost():
    async with SmsFake() as fake:
        assert isinstance(await send_sms(fake, token="old"), Temporary)
    assert fake.sent == []


async def test_a_provider_that_is_away_was_not_given_anything():
    async with SmsFake() as fake:
        url = fake.url
    client = Sms(url, TOKEN, "TSUNAGI")
    assert isinstance(await client.send(delivery()), Temporary)
    await client.close()


async def test_a_long_sms_that_breaks_off_is_unknown():
    async with SmsFake([202, 400]) as fake:
        assert isinstance(await send_sms(fake, delivery(text="あ" * 700)), Unknown)
    assert len(fake.sent) == 1 and len(fake.sent[0]["text"]) <= 660


async def test_nothing_comes_in():
    assert Sms("http://127.0.0.1:1", "t", "f").parse(b"{}").heard is None
    assert Mail("smtp://127.0.0.1:1", "a@example.jp").parse(b"").heard is None


async def test_one_mail():
    async with MailFake() as fake:
        result = await Mail(fake.url, "tsunagi@example.jp").send(delivery("hanako@example.jp"))
    assert isinstance(result, Accepted)
    ((recipients, mail),) = fake.taken
    read = email.message_from_string(mail, policy=email.policy.default)
    assert recipients == ["hanako@example.jp"] == [read["To"]]
    assert WORDS in read.get_content() and read["Subject"].startswith("つなぎ市の生活再建") and read["Message-ID"] == "<approach-1@tsunagi>"


@pytest.mark.parametrize(("fault", "result"), [
    ({"refuse": "550 no such user"}, Refused), ({"refuse": "451 try later"}, Temporary), ({"at_end": "554 no"}, Refused),
    ({"at_end": "451 full"}, Temporary), ({"hang_up": True}, Unknown),
])
async def test_how_a_mail_can_end(fault, result):
    async with MailFake(**fault) as fake:
        assert isinstance(await Mail(fake.url, "tsunagi@example.jp").send(delivery("hanako@example.jp")), result)


async def test_an_address_that_is_none_is_refused_and_no_server_is_away():
    async with MailFake() as fake:
        url = fake.url
        assert isinstance(await Mail(url, "a@example.jp").send(delivery("x\nBcc: y@example.jp")), Refused)
        assert fake.taken == []
    assert isinstance(await Mail("smtp://127.0.0.1:9", "a@example.jp").send(delivery("h@example.jp")), Temporary)


async def test_logs_hold_neither_numbers_nor_words(caplog):
    caplog.set_level(logging.DEBUG)
    async with SmsFake([202, 404, "drop"]) as fake:
        for _ in range(3):
            await send_sms(fake)
    async with MailFake() as fake:
        await Mail(fake.url, "tsunagi@example.jp").send(delivery("hanako@example.jp"))
    written = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("tsunagi"))
    assert "call sms 202" in written
    assert not any(secret in written for secret in ("9012345678", "hanako", "つなぎ", TOKEN))


@pytest.mark.parametrize("first", [
    "広川町 =?utf-8?q?a=0ABcc:_x@example.jp?=", "=?utf-8?b?YQpCY2M6IHhAZXhhbXBsZS5qcA==?=", "=?utf-8?q?a=0D=0A=0D=0Abody?=", "= =?=?utf-8?q?=0AX:_y?=",
    "広川町\x85Bcc: x@example.jp", "広川町\u2028Bcc: x@example.jp", "広川町\x0bBcc: x@example.jp", "広川町\rBcc: x@example.jp", "a\x00b\x1bc", "",
])  # fmt: skip
async def test_nothing_in_a_mails_first_line_becomes_a_header(first):
    async with MailFake() as fake:
        channel = Mail(fake.url, "tsunagi@example.jp")
        sent = await channel.send(delivery("hanako@example.jp", f"{first}\n二行目"))
    assert isinstance(sent, Accepted)
    ((recipients, mail),) = fake.taken
    assert recipients == ["hanako@example.jp"]
    read = email.message_from_string(mail, policy=email.policy.default)
    assert {name.lower() for name in read} == {"from", "to", "subject", "message-id", "content-type", "content-transfer-encoding", "mime-version"}
    assert "二行目" in read.get_content()


async def test_no_password_goes_to_a_mail_server_that_does_not_encrypt(monkeypatch):
    """Whoever sits between could take the offer of STARTTLS out of the conversation."""
    async with MailFake() as fake:
        guarded = fake.url.replace("smtp://", "smtp://hanako:geheim@")
        monkeypatch.setattr("backend.settings.LOOPBACK", ())
        assert isinstance(await Mail(guarded, "tsunagi@example.jp").send(delivery("hanako@example.jp")), Temporary)
        assert not fake.taken
        assert isinstance(await Mail(fake.url, "tsunagi@example.jp").send(delivery("hanako@example.jp")), Accepted), "a relay without a password may do as it likes"
    assert must_encrypt("smtps://u:p@mail.example.jp") is None, "encrypted from the first byte"
