"""The questions of `flowengine init` on a terminal, answered with arrow keys. They go to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import click
import questionary
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.output.defaults import create_output

from flowengine.provision.setup import Answers, Question, reason_against

__all__ = ["Terminal"]


class Terminal:
    """
    Puts questions to the person at the terminal. What Cognito would refuse cannot be chosen, and is told.

    Args:
        keys: Where answers are typed; None for the terminal itself.
        screen: Where questions are shown; None for standard error.
    """

    def __init__(self, keys: Input | None = None, screen: Output | None = None) -> None:
        self._streams: dict[str, Any] = {"input": keys, "output": screen or create_output(stdout=sys.stderr)}

    def __call__(self, question: Question, answers: Answers) -> Any:
        """
        Ask, and return the answer.

        Args:
            question: What to ask.
            answers: The answers before it.

        Raises:
            KeyboardInterrupt: Whoever is asked stops.
        """
        if question.note:
            click.secho(question.note, fg="yellow", err=True)
        answer = _PROMPTS[question.kind](question, answers, self._streams).unsafe_ask()
        return tuple(answer) if question.kind == "some" else answer


def _one(question: Question, answers: Answers, streams: dict[str, Any]) -> questionary.Question:
    default = getattr(answers, question.key)
    return questionary.select(question.text, choices=_choices(question, answers), default=default, **streams)


def _some(question: Question, answers: Answers, streams: dict[str, Any]) -> questionary.Question:
    return questionary.checkbox(
        question.text, choices=_choices(question, answers), validate=_judged(question, answers, tuple), **streams
    )


def _text(question: Question, answers: Answers, streams: dict[str, Any]) -> questionary.Question:
    default = getattr(answers, question.key) or ""
    return questionary.text(question.text, default=default, validate=_judged(question, answers, str), **streams)


def _truth(question: Question, answers: Answers, streams: dict[str, Any]) -> questionary.Question:
    return questionary.confirm(question.text, default=getattr(answers, question.key), **streams)


_PROMPTS: Final[Mapping[str, Callable[[Question, Answers, dict[str, Any]], questionary.Question]]] = {
    "one": _one,
    "some": _some,
    "text": _text,
    "truth": _truth,
}


def _choices(question: Question, answers: Answers) -> list[questionary.Choice]:
    several = question.kind == "some"
    return [
        questionary.Choice(
            choice.label,
            value=choice.value,
            disabled=reason_against(answers, question, (choice.value,) if several else choice.value),
        )
        for choice in question.open_choices(answers)
    ]


def _judged(question: Question, answers: Answers, as_answer: Callable[[Any], Any]) -> Callable[[Any], bool | str]:
    """What tells whether an answer will do, or why not."""

    def judge(given: Any) -> bool | str:
        if question.must and not given:
            return "This has no default: an answer is needed"
        return reason_against(answers, question, as_answer(given)) or True

    return judge
