"""The methods, in the order in which they are shown: a fourth one is a file beside this and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.methods import assume_role, bucket_policy, iam_user

if TYPE_CHECKING:
    from wizard.methods.method import Method

METHODS: dict[str, Method] = {
    method.id: method for method in (assume_role.METHOD, bucket_policy.METHOD, iam_user.METHOD)
}
