"""The state of one conversation, frozen between turns, JSON in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialogs.core.answers import Answer


@dataclass(frozen=True, slots=True)
class Frame:
    """One dialog in progress, pinned to its version.

    `at` is a step that was reopened (back, change); empty means "the first applicable open step". `done` holds the
    steps that are closed in this frame. `scope` prefixes the answers of a repeated dialog (`members.m1`). `single`
    frames end with the answer to `at`.
    """

    dialog: str
    version: int
    at: str = ""
    scope: str = ""
    done: tuple[str, ...] = ()
    single: bool = False

    def to_json(self) -> list[Any]:
        return [self.dialog, self.version, self.at, self.scope, list(self.done), self.single]

    @classmethod
    def from_json(cls, data: list[Any]) -> Frame:
        dialog, version, at, scope, done, single = data
        return cls(dialog, version, at, scope, tuple(done), single)


@dataclass(frozen=True, slots=True)
class Session:
    """Where a person stands and what they said in this session.

    `id` is short (it travels in every button). `answers` are this session's, `known` what the case knew when it
    began. `trail` lists answered questions, for "back". `waiting` names the effect whose answer is awaited
    (empty: none), or says that nothing is: `rest`, `paused`, `reminded`, `crisis`. `memory` holds small JSON values of the engine's own (never free text).
    """

    id: str
    locale: str
    frames: tuple[Frame, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    known: Mapping[str, Answer] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    misses: int = 0
    waiting: str = ""
    confirm: bool = False
    speaker: str = "self"
    about: str = "self"
    memory: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "locale": self.locale,
            "frames": [frame.to_json() for frame in self.frames],
            "answers": {key: answer.to_json() for key, answer in self.answers.items()},
            "known": {key: answer.to_json() for key, answer in self.known.items()},
            "trail": list(self.trail),
            "misses": self.misses,
            "waiting": self.waiting,
            "confirm": self.confirm,
            "speaker": self.speaker,
            "about": self.about,
            "memory": dict(self.memory),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Session:
        return cls(
            id=data["id"],
            locale=data["locale"],
            frames=tuple(Frame.from_json(frame) for frame in data["frames"]),
            answers={key: Answer.from_json(answer) for key, answer in data["answers"].items()},
            known={key: Answer.from_json(answer) for key, answer in data.get("known", {}).items()},
            trail=tuple(data["trail"]),
            misses=data["misses"],
            waiting=data["waiting"],
            confirm=data["confirm"],
            speaker=data["speaker"],
            about=data["about"],
            memory=data["memory"],
        )

    def with_memory(self, memory: Mapping[str, Any]) -> Session:
        """The same with other small values of the engine's own."""
        return Session(
            self.id, self.locale, self.frames, self.answers, self.known, self.trail, self.misses, self.waiting, self.confirm,
            self.speaker, self.about, memory,
        )

    def answer(self, key: str) -> Answer | None:
        """What holds now: this session's answer, else what the case knew."""
        return self.answers.get(key) or self.known.get(key)
