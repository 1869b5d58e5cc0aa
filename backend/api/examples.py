"""An example of every body, as it stands in the description; the tests send each of them to its call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ID = "0" * 26

EXAMPLES: Mapping[str, Any] = {
    # cases
    "CasePatch": {"district": "緑町"}, "Closing": {"reason": "rebuilt"}, "NoteMaybe": {}, "Note": {"text": "お元気でした。"},
    "NotePatch": {"note": ID, "version": 1, "text": "お元気でした。"}, "Entry": {"text": "電話で話した。", "on": "2026-07-05"}, "Strike": {"entry": ID},
    "Category": {"category": 2}, "Policy": {"based_on": 0, "policy": "月に1回訪問", "as_of": "2026-07-06"},
    "NewCase": {"origin": "phone", "answers": {"name": "電話の 方"}}, "Answers": {"answers": {"household_size": "3"}},
    "Member": {"name": "山田 太郎", "relation": "spouse"}, "MemberPatch": {"member": ID, "version": 1, "on_register": True},
    "Members": {"members": [ID], "on": "2026-07-05"}, "Leaving": {"members": [ID], "own_case": True},
    "Wish": {"kind": "talk"}, "Contact": {"channel": "phone", "result": "absent", "at": "2026-07-06T09:00:00+09:00"},
    "Way": {"kind": "email", "address": "hanako@example.jp"}, "WayId": {"way": ID}, "ReminderId": {"reminder": ID},
    "Review": {"on": "2026-08-01"}, "Restriction": {"restricted": False}, "Question": {"question": "次の一手"},
    "Oral": {"recipient": "professional", "event": "given", "read": "0" * 64}, "Linked": {"speaker": "proxy", "relation": "child"},
    "Bound": {"binding": ID}, "Search": {"words": "山田"},
    # what waits
    "Reply": {"text": "明日の午前に電話します。"}, "Verdict": {"verdict": "false"}, "ReferralMark": {"state": "declined"},
    "VisitMark": {"state": "planned"},
    # meetings
    "Meeting": {"held_on": "2026-07-20"}, "AgendaItem": {"case": ID},
    "Decided": {"item": ID, "version": 1, "decision": "来月もう一度"},
    "Item": {"item": ID}, "Invited": {"name": "鈴木 民生", "organisation": "民生委員協議会", "pledged_on": "2026-07-01"},
    "Participant": {"participant": ID}, "Given": {"item": ID, "what": "住宅の応急修理を案内する", "owner": "佐藤", "due_on": "2026-07-31"},
    "Minutes": {"minutes": "三世帯を話し合った。", "present": []},
    # visits
    "VisitDay": {"day": "2026-07-20", "homes": [{"case": ID, "first": ID, "second": "1" * 26, "from_time": "10:00"}]},
    "Moved": {"day": "2026-07-21", "first": ID, "second": "1" * 26}, "InDistrict": {"district": "緑町"},
    "AtDoor": {"key": "tablet7-0042", "result": "met", "at": "2026-07-06T09:00:00+09:00", "answers": {"household_size": "3"}},
    # consultation days
    "BoothDay": {"name": "八月の相談会", "held_on": "2026-08-02", "place": "公民館", "kinds": ["lawyer", "architect"]},
    "Station": {"kind": "own", "name": "心の相談"}, "Drawn": {}, "DayState": {"closed": True},
    "TicketMove": {"act": "skip"}, "CaseNumber": {"number": "T-2026-0001-5"},
    # outreach
    "CampaignPlan": {"name": "秋の声かけ", "audience": {"damage": ["half"], "never_reached": True},
                     "standard": [{"by": "chat", "days": 0}, {"by": "phone", "days": 5}]},
    "Counted": {"counted": 12}, "Cases": {"cases": [ID]}, "Printing": {"run": ID}, "Posted": {"run": ID, "letters": [ID]}, "LetterId": {"letter": ID},
    "OutreachHabits": {"approve_over": 100, "weekly_cap": 2, "quiet_from": "20:00", "quiet_until": "09:00"},
    # the municipality
    "Office": {"name": {"ja": "広川町"}, "phone": "0943-00-0000", "hours": {"ja": "平日 8:30–17:15"}, "opens_at": "08:30", "closes_at": "17:15"},
    "Disaster": {"name": {"ja": "令和8年7月豪雨"}, "happened_on": "2026-07-01", "prefecture": "40", "municipality": "40544",
                 "acts": {"relief_act_applied": True}},
    "Districts": {"districts": ["緑町", "川上"]}, "Duty": {"order": []},
    "Recipient": {"kind": "professional", "profession": "lawyer", "name": {"ja": "みどり法律事務所"}, "contact": "midori@example.jp"},
    "Promises": {"talk": 1, "visit": 3, "refer": 3, "reminders": [3, 14], "holidays": ["2026-08-14"]},
    "Standstill": {"days": {"1": 90, "2": 60, "3": 45, "4": 45, "none": 90}},
    "Channels": {"line": {"level": 1, "confirmed": True}, "telegram": {"level": 0, "confirmed": False}},
    "Decisions": {"acts": {"relief_act_applied": True}, "extended": {"emergency_repair": "2026-12-31"}, "decided_on": "2026-07-03",
                  "source": "内閣府告示"},
    "StaffId": {"id": ID}, "Team": {"name": "訪問班", "members": []}, "TeamId": {"team": ID, "version": 1}, "Absence": {"until": "2026-08-15"},
    "ReplyTemplate": {"name": "折り返し", "texts": {"ja": "本日中にお電話します。"}}, "TemplateId": {"template": ID, "version": 1},
    "Filter": {"name": "区分3・緑町", "chosen": {"category": "3", "district": "緑町"}}, "FilterId": {"filter": ID},
    # programs
    "ProgramForm": {"seen": "0" * 16, "texts": {"desk": "復興支援課"}, "ticks": {"off": False}}, "Reason": {"reason": "窓口が変わったため"},
    "Answer": {"answer": "電話番号を確かめてください"}, "ProgramId": {"program": "emergency_repair"}, "Edition": {"number": 0},
    # lists, forms, other systems
    "Export": {"form": "supported_list", "format": "xlsx"}, "ListColumns": {}, "Decision": {"decision": "later"},
    "Hook": {"url": "https://hooks.example.jp/", "events": ["case.opened"]},
}  # fmt: skip
