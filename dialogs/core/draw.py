"""Draw a dialog as a Mermaid flow chart, for README and review."""

from __future__ import annotations

from dialogs.core.model import (
    Alarm,
    AllOf,
    AnyOf,
    Await,
    Condition,
    Deferred,
    Dialog,
    Given,
    Is,
    Menu,
    NeedsReading,
    Not,
    Notice,
    Open,
    Question,
    Repeat,
    Review,
    Tell,
)


def draw(dialog: Dialog) -> str:
    """Mermaid text: one node a step, conditions on the arrows."""
    rows = [f"%% {dialog.name}/{dialog.version}", "flowchart TD"]
    before = ""
    for step in dialog.steps:
        node = step.id
        match step:
            case Question():
                rows.append(f'  {node}["{node}?"]')
            case Menu():
                rows.append(f'  {node}{{{{"{node}"}}}}')
                rows += [f'  {node} -->|{item.id}| {item.then.dialog}(["{item.then.dialog}"])' for item in step.items if isinstance(item.then, Open)]
            case Alarm():
                rows.append(f'  {node}[/"119 / 110 · {step.urgency}"/]')
            case Await():
                rows.append(f'  {node}[["{step.effect}"]]')
            case Tell() | Notice() | Deferred() | Review() | Repeat():
                rows.append(f'  {node}("{node}")')
        when = getattr(step, "when", None)
        if before:
            rows.append(f'  {before} -->{f"|{words(when)}|" if when else ""} {node}')
        before = node
    return "\n".join(rows) + "\n"


def words(condition: Condition) -> str:
    """A condition in a few words."""
    match condition:
        case Is(field, values):
            return f"{field}: {' / '.join(values)}"
        case Given(field):
            return f"{field} given"
        case NeedsReading(field):
            return f"{field} has no reading"
        case Not(inner):
            return f"not ({words(inner)})"
        case AllOf(conditions):
            return " and ".join(words(inner) for inner in conditions)
        case AnyOf(conditions):
            return " or ".join(words(inner) for inner in conditions)
