#!/usr/bin/env bash
# @@TITLE@@
#
#   bash @@FILE@@ [apply] [--dry-run] [--yes] [--profile NAME] [--use-existing] [--confirm-lockout BUCKET]@@USE@@
#   bash @@FILE@@ undo [--dry-run] [--yes] [--profile NAME]
#
# It needs the AWS CLI (version 1 or 2) and jq, and runs nothing else. It looks whose credentials it has, shows
# what would change, and asks. Policies that are there are merged: only the statements of this setup, whose Sids
# begin with @@SID@@, are replaced. It may be run again. What was there is kept in a file beside this script,
# and undo puts it back; without that file undo takes this setup's part away.
#
# Exit status: 0 done, 2 wrong use or nothing changed for want of an answer, 3 AWS refused, 130 cancelled.
#
# Policies hold ${*} and jq programs hold $names: single quotes are meant. Not every side uses every option.
# shellcheck disable=SC2016,SC2034
set -euo pipefail
umask 077
export AWS_PAGER=''

@@SETTINGS@@

main() {
  local action=apply reply=''
  dry_run=0 yes=0 use_existing=0 confirmed=() organization=''
  while (($#)); do
    case $1 in
      apply | undo) action=$1 ;;
      --dry-run) dry_run=1 ;;
      --yes) yes=1 ;;
      --use-existing) use_existing=1 ;;
      --profile | --confirm-lockout@@OPTION@@)
        (($# > 1)) || die "$1 needs a value."
        case $1 in
          --profile) export AWS_PROFILE=$2 ;;
          --confirm-lockout) confirmed+=("$2") ;;
          *) organization=$2 ;;
        esac
        shift
        ;;
      -h | --help)
        say "Use: bash ${BASH_SOURCE[0]} [apply | undo] [--dry-run] [--yes] [--profile NAME] [--use-existing] [--confirm-lockout BUCKET]@@USE@@"
        return
        ;;
      *) die "Unknown argument: $1 (see --help)." ;;
    esac
    shift
  done
  command -v aws >/dev/null || die 'The AWS CLI (aws) is needed: https://docs.aws.amazon.com/cli/'
  command -v jq >/dev/null || die 'jq is needed: https://jqlang.org/'
  account=$(aws sts get-caller-identity --query Account --output text) || die 'Nobody is logged in to AWS here.' 3
  case " ${accounts[*]} " in
    *" $account "*) ;;
    *) die "These credentials are of the account $account. This script is for: ${accounts[*]}. Nothing was changed." ;;
  esac
  saved="${BASH_SOURCE[0]%.sh}.saved-$account.tsv"

  undoing=0
  [[ $action == apply ]] || undoing=1
  changes=0 made=0 making=0
  steps
  if ((!changes)); then
    say "Nothing to change by this script in the account $account."
    return
  fi
  if ((dry_run)); then return; fi
  if ((!yes)); then
    [[ -t 0 ]] || die 'Nothing was changed: there is no terminal to ask in. Give --yes to go on.'
    read -r -p "Make these changes in the account $account? [y/N] " reply || true
    [[ $reply == [yY]* ]] || die 'Cancelled: nothing was changed.' 130
  fi
  making=1
  steps
  say "Done in the account $account."
}

steps() { if ((undoing)); then undo_steps; else apply_steps; fi; }

say() { printf '%s\n' "$*"; }

die() { # MESSAGE [STATUS]
  printf '%s\n' "$1" >&2
  exit "${2:-2}"
}

# ---------------------------------------------------------------------------------------------- asking AWS

# look CODE ARGUMENTS…: what AWS answers is in $answer, which is empty where AWS says CODE: there is nothing.
look() {
  local code=$1 said
  shift
  if answer=$(aws "$@" 2>/dev/null); then return; fi
  # A failed reading is repeated for its message; reading changes nothing.
  if said=$( { aws "$@" >/dev/null; } 2>&1); then die 'AWS answers only now and then. Try again.' 3; fi
  [[ $said == *"($code)"* ]] || die "$said" 3
  answer=''
}

# change ARGUMENTS…: makes a change. A principal that this run made takes some seconds to be known everywhere.
change() {
  local tries said
  for ((tries = 1; ; tries++)); do
    if said=$(aws "$@" 2>&1); then return; fi
    ((made && tries < 12)) || die "$said" 3
    case $said in
      *[Ii]'nvalid principal'* | *'(MalformedPolicyDocumentException)'* | *'(NoSuchEntity)'*) ;;
      *) die "$said" 3 ;;
    esac
    say '  AWS does not know the new role or user everywhere yet: waiting.'
    read -rt 5 <> <(:) || true
  done
}

# ---------------------------------------------------------------------------------------------- policies

# same: whether statements mean the same; AWS rewrites what it stores. merged: policies with our statements.
policies='
  def list: if type == "array" then . else [.] end;
  def statements:
    if . == null then []
    elif type == "object" and has("Statement") then .Statement | list
    else error("what is there is no policy") end;
  def root: if type == "string" then sub("\\Aarn:aws[a-z-]*:iam::(?<id>[0-9]{12}):root\\z"; .id) else . end;
  def plain: with_entries(
    if .key == "Action" or .key == "NotAction" then .value |= (list | map(ascii_downcase) | unique)
    elif .key == "Resource" or .key == "NotResource" then .value |= (list | unique)
    elif .key == "Principal" or .key == "NotPrincipal" then
      .value |= (if . == "*" then {AWS: "*"} else . end | map_values(list | map(root) | unique))
    elif .key == "Condition" then
      .value |= map_values(with_entries((.key |= ascii_downcase) | (.value |= (list | map(tostring) | unique))))
    else . end);
  def same($other): (statements | map(plain) | sort) == ($other | statements | map(plain) | sort);
  def is($mine): (.Sid // "") | tostring | test($mine);
  def merged($wanted; $mine):
    . as $there
    | reduce statements[] as $one (
        {kept: [], left: ($wanted | map({key: .Sid, value: .}) | from_entries)};
        if $one | is($mine) | not then .kept += [$one]
        elif .left[$one.Sid] == null then .
        else
          .left[$one.Sid] as $ours
          | .kept += [if ($one | plain) == ($ours | plain) then $one else $ours end]
          | .left |= del(.[$one.Sid])
        end)
    | .left as $left
    | .kept + ($wanted | map(select($left[.Sid])))
    | if length == 0 then null else (($there // {Version: "2012-10-17"}) + {Statement: .}) end;
  def deleted: [statements[] | (.Principal, .NotPrincipal) | objects | .AWS // empty | list[]
    | strings | select(test("\\A(AROA|AIDA|AGPA)[A-Z0-9]{12,}\\z"))];
'

bytes() { local LC_ALL=C; size=${#1}; } # sets $size; a character may be several bytes

# merge THERE STATEMENTS SIDS LIMIT: sets $after. In undo the statements are those that were saved.
merge() {
  local gone='' old_version='' answers
  saved_of "$step"
  if ((undoing)); then title="Undo: $title"; fi
  answers=$(jq -nr --argjson there "$1" --argjson wanted "$2" --arg mine "$3" \
    --argjson old "$(none_is_null "$old")" --argjson undoing "$undoing" "$policies"'
    (if $undoing == 1 then [$old | statements[] | select(is($mine))] else $wanted end) as $wanted
    | ($there | merged($wanted; $mine)) as $after
    | (if $undoing == 1 and $old != null and ($old | same($after)) then $old else $after end) as $after
    | if $there != null and $after != null and ($there | same($after)) then ($there | tojson), "", "false"
      else
        ($after | tojson), ($after | deleted | join(", ")),
        ($there != null and $there.Version != "2012-10-17" and ($wanted | tojson | contains("${")))
      end') || die "$title: what is there can't be read as a policy, so nothing is merged into it."
  { IFS= read -r after && IFS= read -r gone && IFS= read -r old_version; } <<<"$answers"
  bytes "$after"
  ((size <= $4)) || die "$title: the merged policy has $size bytes, and AWS takes at most $4."
  [[ -z $gone ]] ||
    die "$title: it names principals that no longer exist ($gone), and AWS takes no such policy. Take them out first."
  [[ $old_version == false ]] ||
    die "$title: under its Version 2008-10-17 the \${*} in our statements is plain text. Raise the Version by hand first."
}

# ---------------------------------------------------------------------------------------------- steps

none_is_null() { if [[ $1 == none ]]; then printf null; else printf '%s' "$1"; fi; }

# saved_of STEP: sets $old to what was there before this script first changed it; none where nothing is saved.
saved_of() {
  local name value
  old=none
  [[ -e $saved ]] || return 0
  while IFS=$'\t' read -r name value; do
    if [[ $name == "$1" ]]; then old=$value; fi
  done <"$saved"
}

remember() { # BEFORE: once a step, until it is undone
  local before
  ((!undoing)) || return 0
  saved_of "$step"
  [[ $old == none ]] || return 0
  before=$(jq -c . <<<"$1")
  printf '%s\t%s\n' "$step" "$before" >>"$saved" || die "What is there can't be saved in $saved, so nothing is changed."
}

forget() { if [[ -e $saved ]]; then printf '%s\tnone\n' "$step" >>"$saved"; fi; }

# differs BEFORE AFTER: shows a step, or says that it is to be made now. False where there is nothing to do.
differs() {
  local told=''
  if [[ $1 != "$2" ]]; then
    told=$(jq -nr --argjson before "$1" --argjson after "$2" "$policies$difference") || die "$title: no JSON is there." 3
  fi
  if [[ -z $told ]]; then
    if ((making && undoing)); then forget; fi
    return 1
  fi
  changes=$((changes + 1))
  if ((making)); then
    remember "$1"
    say "$title"
    return
  fi
  say "$changes. $title"
  say "$told"
  return 1
}

# What differs, statement by statement; the whole where it is no policy. Nothing where both mean the same.
difference='
  def pretty($in):
    if type == "object" and length > 0 then
      "{\n" + ([to_entries[] | $in + "  " + (.key | tojson) + ": " + (.value | pretty($in + "  "))] | join(",\n")) + "\n\($in)}"
    elif type == "array" and length > 0 then
      "[\n" + ([.[] | $in + "  " + pretty($in + "  ")] | join(",\n")) + "\n\($in)]"
    else tojson end;
  def policy: type == "object" and has("Statement");
  def parts: if . == null then [] elif policy then statements else [.] end;
  def spelt: if type == "object" then plain else . end;
  def without($other): ($other | parts | map(spelt)) as $there | parts[] | select(spelt as $one | any($there[]; . == $one) | not);
  def signed($sign): pretty("") | split("\n")[] | "   \($sign) \(.)";
  ($before | without($after) | signed("-")), ($after | without($before) | signed("+"))'

word() { if [[ $1 == role ]]; then printf 'role'; else printf 'user'; fi; }

shown() { # SIGN TEXT
  local line
  [[ -n $2 ]] || return 0
  while IFS= read -r line; do printf '   %s %s\n' "$1" "$line"; done <<<"$2"
}

made_it() {
  if ((undoing)); then forget; fi
}

ours() { # TAGS: whether this setup's tag is among them
  jq -en --argjson tags "${1:-null}" --arg key "$tag_key" --arg value "$setup" \
    'any(($tags // [])[]; .Key == $key and .Value == $value)' >/dev/null
}

@@FUNCTIONS@@

@@DOCUMENTS@@

apply_steps() {
@@APPLY@@
}

undo_steps() {
@@UNDO@@
}

main "$@"
