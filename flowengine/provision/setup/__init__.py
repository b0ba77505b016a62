"""Setting a flow up: from answers, from a project of the Amplify CLI or from a pool, to a spec with comments."""

from __future__ import annotations

from flowengine.provision.setup.amplify import CarriedOver, LeftOut, carry_over
from flowengine.provision.setup.amplify_project import read_project
from flowengine.provision.setup.answers import Answers, needed_attributes, pool_of
from flowengine.provision.setup.document import spec_text, summary_of
from flowengine.provision.setup.questions import QUESTIONS, Choice, Question, interview, problems_of, reason_against

__all__ = [
    "QUESTIONS", "Answers", "CarriedOver", "Choice", "LeftOut", "Question", "carry_over", "interview",
    "needed_attributes", "pool_of", "problems_of", "read_project", "reason_against", "spec_text", "summary_of",
]  # fmt: skip
