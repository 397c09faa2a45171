"""One side's Terraform module: its variables, documents, resources and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.export.files import ExportFile
from wizard.export.handover import who
from wizard.export.hcl import Block, Code, document, text
from wizard.export.terraform import points as terraform_points
from wizard.export.terraform import variables as terraform_variables
from wizard.export.terraform.documents import Writer
from wizard.methods.assume_role import Role, role_arn
from wizard.names import arns
from wizard.plan import Kind
from wizard.policy.document import Policy
from wizard.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wizard.export.handover import Handover
    from wizard.plan import Change
    from wizard.policy.document import Document


class Module:
    """A module in the making. `folder` is under `modules/`; `alias` the provider that it is given."""

    def __init__(self, handover: Handover, side: str, accounts: Sequence[str], changes: Sequence[Change]) -> None:
        self.handover = handover
        self.side = side
        self.accounts = accounts
        self.folder = side if side != "key-owner" else f"{side}-{accounts[0]}"
        self.alias = side.replace("-", "_")
        self._setup = handover.plan.setup
        self._changes = changes
        self._provider = f"aws.{self.alias}"
        own = {role_arn(self._setup): "var.role_arn"} if self.uses_role else {}
        self._writer = Writer(self._setup, self._provider, own)
        self._blocks: list[Block | str] = []
        self._outputs: list[Block] = []
        self._documents()

    @property
    def uses_role(self) -> bool:
        """Whether it is the source's half of a role that the destination makes."""
        return self.side == "source" and isinstance(self._setup.own, Role)

    @property
    def makes_role(self) -> bool:
        """Whether it makes the role."""
        return any(change.kind is Kind.ROLE for change in self._changes)

    def name_for(self, account: str) -> str:
        """Return the name of a call of this module."""
        return f"{self.alias}_{account}" if len(self.accounts) > 1 or self.side == "key-owner" else self.alias

    def alias_for(self, account: str) -> str:
        """Return the alias of the root's provider for an account."""
        return self.name_for(account)

    def bucket_groups(self) -> list[tuple[int, list[str]]]:
        """Return the numbers and names of the buckets whose policy this module writes."""
        if not any(change.kind in {Kind.BUCKET, Kind.GUARDS} for change in self._changes):
            return []
        return list(enumerate(self._writer.groups().values(), start=1))

    def existing(self) -> list[tuple[str, str, str]]:
        """Return the variables (name, type, description) that say what is there already."""
        out = []
        if self.bucket_groups():
            said = _("Policies that are there, by bucket: JSON documents without this setup's own statements.")
            out.append(("existing_bucket_policies", "map(list(string))", said))
        if any(change.kind is Kind.KEY for change in self._changes):
            said = _("The policies that are there, by key ARN: only these keys' policies are managed.")
            out.append(("existing_key_policies", "map(string)", said))
        return out

    def required(self) -> list[Block]:
        """Return the variables without a default."""
        asks = any("var.organization_id" in document(one) for one in self._blocks)
        return terraform_variables.required(self._setup, asks_organization=asks, guards=bool(self.bucket_groups()))

    def importable(self) -> Iterator[tuple[str, str]]:
        """Yield the address and import id of what the setup may have made already."""
        call = f"module.{self.name_for(self.accounts[0])}"
        for change in self._changes:
            name = change.resource.rpartition("/")[2]
            if change.kind in {Kind.ROLE, Kind.USER}:
                yield f"{call}.aws_iam_{change.kind.value}.this", name
            elif change.kind is Kind.INLINE and self.side == "destination":
                yield f"{call}.aws_iam_{change.resource.partition('/')[0]}_policy.this", f"{name}:{change.name}"

    def files(self) -> tuple[ExportFile, ...]:
        """Return the module's files."""
        required = Code(
            '{\n  source                = "hashicorp/aws"\n  version               = ">= 6.0"\n'
            f"  configuration_aliases = [{self._provider}]\n}}"
        )
        settings = Block("terraform").set("required_version", ">= 1.7.0")
        settings.add(Block("required_providers", [("aws", required)]))
        main = document(settings, *self._locals(), *self._blocks)
        folder = f"modules/{self.folder}"
        blocks = terraform_variables.variables(self._setup, list(self._writer.groups()), main)
        blocks += [*self.required(), *map(terraform_variables.existing, self.existing())]
        variables = document(*blocks) if blocks else ""
        out = [(f"{folder}/main.tf", main), (f"{folder}/variables.tf", variables)]
        out.append((f"{folder}/outputs.tf", document(*self._outputs) if self._outputs else ""))
        return tuple(ExportFile(path, body) for path, body in out if body)

    def _locals(self) -> list[Block]:
        used = document(*self._blocks, *self._outputs)
        block = Block("locals")
        for number, prefix in enumerate(self._writer.groups(), start=1):
            name = f"buckets_{number}"
            if f"local.{name}" in used:
                block.set(name, Code(f"[for name, prefix in var.buckets : name if prefix == {text(prefix)}]"))
        for number, names in self.bucket_groups():
            if f"local.access_points_{number}" in used and self.handover.points:
                block.set(f"access_points_{number}", terraform_points.local(self.handover.points, number, names))
        return [block] if block.items else []

    # ---- documents and resources

    def _documents(self) -> None:
        for change in self._changes:
            match change.kind:
                case Kind.ROLE | Kind.USER:
                    self._identity(change)
                case Kind.INLINE if change.by.value == "other-side" and self.side == "destination":
                    self._inline(change)
                case Kind.ATTACHED if self.side == "destination":
                    self._attach("this", change, Code(f"{self._type(change)}.this.name"))
                case Kind.KEY:
                    self._key(change)
        if self.side == "source":
            self._callers()
        for number, names in self.bucket_groups():
            self._buckets(number, names)
            if self.handover.points:
                self._blocks += terraform_points.blocks(self.handover.points, self._provider, number, names)
        by_hand = [change for change in self._changes if change.by.value in {"identity-center", "service"}]
        keys = [change for change in self._changes if change.kind is Kind.ACCESS_KEY]
        for change in (*by_hand, *keys):
            said = _("By hand, {who}: {what}")
            self._blocks.append(said.format(who=who(change), what=change.what))

    @staticmethod
    def _type(change: Change) -> str:
        return f"aws_iam_{change.resource.partition('/')[0]}"

    def _resource(self, kind: str, name: str) -> Block:
        block = Block(f'resource "{kind}" "{name}"').set("provider", Code(self._provider))
        self._blocks.append(block)
        return block

    def _output(self, name: str, value: str, said: str) -> None:
        self._outputs.append(Block(f'output "{name}"').set("description", said).set("value", Code(value)))

    def _tags(self) -> Code:
        key, value = self.handover.tag
        return Code(f"{{\n  {text(key)} = {text(value)}\n}}")

    def _identity(self, change: Change) -> None:
        kind = self._type(change)
        path, _slash, name = change.resource.partition("/")[2].rpartition("/")
        if change.kind is Kind.ROLE:
            self._data("trust", self._policy("trust"))
        block = self._resource(kind, "this")
        block.set("name", name).set("path", f"/{path}/" if path else "/")
        if change.kind is Kind.ROLE:
            block.set("max_session_duration", change.session_seconds)
            block.set("assume_role_policy", Code("data.aws_iam_policy_document.trust.json"))
        block.set("tags", self._tags())
        what = kind.removeprefix("aws_iam_")
        said = _("The ARN of the role.") if what == "role" else _("The ARN of the user.")
        self._output(f"{what}_arn", f"{kind}.this.arn", said)

    def _policy(self, document_id: str) -> Policy:
        found = self.handover.document(document_id)
        return found.policy if found and found.policy else Policy(())

    def _data(self, name: str, policy: Policy, bucket: str = "") -> None:
        self._blocks.append(self._writer.data(name, policy, bucket))

    def _inline(self, change: Change) -> None:
        kind = self._type(change)
        self._data("identity", self._policy("destination-identity"))
        block = self._resource(f"{kind}_policy", "this").set("name", change.name)
        block.set(kind.removeprefix("aws_iam_"), Code(f"{kind}.this.name"))
        block.set("policy", Code("data.aws_iam_policy_document.identity.json"))

    def _attach(self, name: str, change: Change, whom: Code) -> None:
        kind = self._type(change)
        block = self._resource(f"{kind}_policy_attachment", name)
        block.set(kind.removeprefix("aws_iam_"), whom).set("policy_arn", change.name)

    def _callers(self) -> None:
        """Write the source's half: inline policies by for_each over the roles and over the users."""
        chosen = [change for change in self._changes if change.by.value in {"other-side", "administrators"}]
        own = [change for change in self._changes if not arns.parse(change.name)]
        if own:
            self._data("identity", self._policy("source-identity"))
            self._output("policy", "data.aws_iam_policy_document.identity.json", _("The callers' policy, as JSON."))
        for kind in ("role", "user"):
            these = [change for change in chosen if change.resource.partition("/")[0] == kind]
            if not these:
                continue
            managed = these[0].kind is Kind.ATTACHED
            resource = f"aws_iam_{kind}_policy_attachment" if managed else f"aws_iam_{kind}_policy"
            block = self._resource(resource, "callers")
            names = ", ".join(text(change.resource.rpartition("/")[2]) for change in these)
            block.set("for_each", Code(f"toset([{names}])"))
            if managed:
                block.set(kind, Code("each.value")).set("policy_arn", these[0].name)
            else:
                block.set("name", these[0].name).set(kind, Code("each.value"))
                block.set("policy", Code("data.aws_iam_policy_document.identity.json"))
        for change in chosen:
            if change.kind is Kind.MANAGED and not arns.parse(change.name):
                block = self._resource("aws_iam_policy", "this").set("name", change.name)
                block.set("policy", Code("data.aws_iam_policy_document.identity.json")).set("tags", self._tags())
                self._output("policy_arn", "aws_iam_policy.this.arn", _("Attach it to whoever is to have access."))

    def _buckets(self, number: int, names: Sequence[str]) -> None:
        policy = self._bucket_document(names[0])
        if policy is None:
            return
        name = f"buckets_{number}"
        self._data(name, policy, names[0])
        block = self._resource("aws_s3_bucket_policy", name)
        block.set("for_each", Code(f"data.aws_iam_policy_document.{name}"))
        block.set("bucket", Code("each.key")).set("policy", Code("each.value.json"))
        regions = {bucket.name: bucket.region for bucket in self._setup.buckets}
        if len(set(regions.values())) > 1:
            listed = ", ".join(f"{text(one)} = {text(regions[one])}" for one in names)
            block.set("region", Code(f"lookup({{ {listed} }}, each.key, null)"))
        written = f"{{ for bucket, one in data.aws_iam_policy_document.{name} : bucket => one.json }}"
        self._output(f"bucket_policies_{number}", written, _("The policy of each bucket, as JSON."))

    def _bucket_document(self, name: str) -> Policy | None:
        arn = f"arn:{self._setup.partition}:s3:::{name}"
        found: list[Document] = [one for one in self.handover.plan.of("bucket") if one.attach_to == arn]
        return found[0].policy if found else None

    def _key(self, change: Change) -> None:
        """Write a key's document; its policy is only managed where the policy that is there was given."""
        documents = [one for one in self.handover.plan.of("key") if one.attach_to == change.target and one.policy]
        ours = {statement["Sid"] for statement in change.then["Statement"]}
        statements = tuple(one for one in documents[0].policy.statements if one.sid in ours)  # type: ignore[union-attr] # those with a policy
        name = f"key_{sum(1 for one in self._outputs if 'key_statements' in one.header) + 1}"
        block = self._writer.data(name, Policy(statements))
        given = f"[for arn, policy in var.existing_key_policies : policy if arn == {text(change.target)}]"
        block.items.insert(1, ("source_policy_documents", Code(given)))
        self._blocks.append(block)
        resource = self._resource("aws_kms_key_policy", name)
        resource.set(
            "for_each",
            Code(f"toset([for arn in keys(var.existing_key_policies) : arn if arn == {text(change.target)}])"),
        )
        resource.set("key_id", Code("each.value")).set("policy", Code(f"data.aws_iam_policy_document.{name}.json"))
        if change.region != self._setup.bucket.region:
            resource.set("region", change.region)
        said = _("What has to be in the policy of the key.")
        self._output(f"key_statements_{name.rpartition('_')[2]}", f"data.aws_iam_policy_document.{name}.json", said)
