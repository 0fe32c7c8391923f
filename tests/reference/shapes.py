"""Whether an answer has the shape that the API gives it."""

from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from botocore.session import get_session

from .model import Answer

EC2 = get_session().get_service_model("ec2")


def check_answer(answer: Answer) -> None:
    operation = answer.command.title().replace("-", "")
    check(answer.body, EC2.operation_model(operation).output_shape)


def check(value: Any, shape: Shape) -> None:
    """Every field of the answer is a member of its shape, all the way down."""
    if isinstance(shape, StructureShape):
        for field, inner in value.items():
            check(inner, shape.members[field])
    elif isinstance(shape, ListShape):
        for inner in value:
            check(inner, shape.member)
